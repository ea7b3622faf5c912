import type { SchedulerAction, SchedulerLike, Subscription } from 'rxjs';

import { clockOf } from './clockOf';

/** The activity of a response, and the waits for its end, by a clock that never runs backwards. */
export class Activity {
  readonly #scheduler: SchedulerLike;
  readonly #now: () => number;
  #latest = 0;
  /** Whether there was activity since the last look. */
  #isNew = false;

  /**
   * @param scheduler - Times the waits.
   * @param now - The clock of the scheduler.
   */
  constructor(scheduler: SchedulerLike, now = clockOf(scheduler)) {
    this.#scheduler = scheduler;
    this.#now = now;
  }

  /** Counts as activity, now. */
  mark(): void {
    this.#latest = this.#now();
    this.#isNew = true;
  }

  /** Calls a function once `ms` have passed without activity, from now on. One check is scheduled at a time. */
  whenIdle(ms: number, onIdle: () => void): Subscription {
    this.#latest = this.#now();
    this.#isNew = false;
    const look = (): number => this.#left(ms);
    return this.#scheduler.schedule(function check(this: SchedulerAction<void>) {
      const left = look();
      if (left > 0) this.schedule(undefined, left);
      else onIdle();
    }, ms);
  }

  /**
   * Returns the milliseconds that are left of a wait of `ms`.
   *
   * Without activity since the last call it is over, whatever the clock shows: test tools stop clocks.
   */
  #left(ms: number): number {
    if (!this.#isNew) return 0;
    this.#isNew = false;
    return Math.min(ms, this.#latest + ms - this.#now());
  }
}
