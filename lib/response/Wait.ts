import { asyncScheduler, noop, Subscription, type SchedulerAction, type SchedulerLike } from 'rxjs';

import { clockOf } from '../rx/clockOf';
import { isFiniteDelay } from '../rx/isFiniteDelay';
import type { ReadGate } from '../transport/ReadGate';

/** The longest time that a late timer leaves for what has arrived, in milliseconds. */
const LATE_MS = 1_000;

/** Options for {@link Wait}. */
export interface WaitOptions {
  /** A gate whose time closed does not count: a consumer that pauses is not a slow server. */
  readonly gate?: ReadGate;
  /** Times the wait. Default RxJS's `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
  /** The clock of the scheduler. */
  readonly now?: () => number;
}

/**
 * A wait that is over once there is no activity for a time.
 *
 * An activity costs one reading of a clock: a single timer checks now and then whether the time is over. A timer that fires late,
 * since the thread was blocked or the machine asleep, ends nothing yet, because an event loop runs timers before it reads what has
 * arrived meanwhile. The wait then continues for as long again as the timer was late, without activity a second at most.
 */
export class Wait {
  readonly #ms: number;
  readonly #onOver: () => void;
  readonly #gate: ReadGate | undefined;
  readonly #scheduler: SchedulerLike;
  readonly #now: () => number;
  #timer = Subscription.EMPTY;
  #changes = Subscription.EMPTY;
  /** The time for which the timer is set. */
  #due = 0;
  /** The time of the latest activity. */
  #latest = 0;
  /** Whether there was activity since the last check. */
  #isActive = false;
  /** Whether the timer was late, and there was no activity since then. */
  #wasLate = false;
  #isStopped = false;

  /**
   * @param ms - Milliseconds without activity; `undefined` or `Infinity` for no limit.
   * @param onOver - Called once the wait is over.
   */
  constructor(
    ms: number | undefined,
    onOver: () => void,
    { gate, scheduler = asyncScheduler, now = clockOf(scheduler) }: WaitOptions = {},
  ) {
    this.#ms = ms ?? Infinity;
    this.#onOver = onOver;
    this.#gate = gate;
    this.#scheduler = scheduler;
    this.#now = now;
  }

  /**
   * Begins, and from the start each time the gate opens.
   *
   * Does nothing after `stop`: a hook may unsubscribe before the request is sent.
   */
  start(): void {
    if (this.#isStopped || !isFiniteDelay(this.#ms)) return;
    if (this.#gate?.isOpen !== false) this.#arm();
    if (this.#gate === undefined) return;
    this.#changes = this.#gate.isOpen$.subscribe({
      next: (isOpen) => {
        this.#timer.unsubscribe();
        if (isOpen) this.#arm();
      },
      error: noop, // It never errors.
    });
  }

  /** Notes an activity. */
  mark(): void {
    this.#latest = this.#now();
    this.#isActive = true;
  }

  stop(): void {
    this.#isStopped = true;
    this.#changes.unsubscribe();
    this.#timer.unsubscribe();
  }

  #arm(): void {
    this.#isActive = false;
    this.#wasLate = false;
    this.#due = this.#now() + this.#ms;
    this.#timer = this.#scheduler.schedule(check, this.#ms, this);
  }

  /** Waits for the rest of the time, or ends. */
  check(timer: SchedulerAction<Wait>): void {
    const now = this.#now();
    const left = this.#left(now);
    this.#due = now + left;
    if (left > 0) timer.schedule(this, left);
    else this.#onOver();
  }

  /**
   * Returns the milliseconds until the next check; 0 or less once the wait is over.
   *
   * Without activity since the last check it is over, whatever the clock shows: test tools stop clocks.
   */
  #left(now: number): number {
    const ms = this.#ms;
    const isActive = this.#isActive;
    this.#isActive = false;
    const left = isActive ? Math.min(ms, this.#latest + ms - now) : 0;
    if (left > 0) {
      this.#wasLate = false;
      return left;
    }
    if (this.#wasLate && !isActive) return 0;
    this.#wasLate = true;
    // The clock may have jumped, in which case the activity was not long ago.
    return Math.min(isActive ? ms : LATE_MS, now - this.#due);
  }
}

/** A function and no closure: engines discard the compiled code of a closure with its wait. */
function check(this: SchedulerAction<Wait>, wait?: Wait): void {
  wait?.check(this);
}
