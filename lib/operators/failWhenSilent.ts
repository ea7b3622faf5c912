import {
  asyncScheduler,
  BehaviorSubject,
  defer,
  EMPTY,
  expand,
  ignoreElements,
  merge,
  switchMap,
  takeUntil,
  throwError,
  timer,
  type MonoTypeOperatorFunction,
  type Observable,
  type SchedulerLike,
} from 'rxjs';

import { TimeoutError } from '../errors';

/** How long a stream may take; all in milliseconds, absent or `Infinity` for as long as it likes. */
export interface Silences {
  /** Until the first event. */
  readonly first?: number;
  /** Between one sign of life and the next, after the first event. */
  readonly idle?: number;
  /** From the subscription to the end. */
  readonly total?: number;
  /** Times the waits. Default RxJS's `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/** How long a whole call may take. */
interface Waits extends Silences {
  /** For the key, and from the request until the head. */
  readonly head?: number;
}

/** How far a call has come, by what it waits for. */
type Stage = 'key' | 'head' | 'first' | 'idle';

/** What is known of one call's, or one stream's, signs of life. It begins at the subscription. */
export class LifeSigns {
  readonly #scheduler: SchedulerLike;
  readonly #waitedFor: BehaviorSubject<Stage | 'consumer'>;
  readonly #bornAt: number;
  #stage: Stage;
  #held = false;
  #sentAt: number;
  #lastAt: number;

  constructor(scheduler: SchedulerLike = asyncScheduler, stage: Stage = 'first') {
    this.#scheduler = scheduler;
    this.#stage = stage;
    this.#waitedFor = new BehaviorSubject<Stage | 'consumer'>(stage);
    this.#bornAt = this.#sentAt = this.#lastAt = scheduler.now();
  }

  /** The key is there and the request is sent. */
  sent(): void {
    this.#sentAt = this.#scheduler.now();
    this.#enter('head');
  }

  /** The head has come. */
  answered(): void {
    this.#enter('first');
  }

  /** The first event has come; from here on silence is counted. */
  begin(): void {
    if (this.#stage === 'idle') return;
    this.seen();
    this.#enter('idle');
  }

  /** Something came that counts. */
  seen(): void {
    this.#lastAt = this.#scheduler.now();
  }

  /** A consumer holds the body back: its silence is not the server's. */
  pause(): void {
    this.#held = true;
    this.#tell();
  }

  /** The body may go on; silence is counted from here. */
  resume(): void {
    this.#held = false;
    if (this.#waitedFor.value === 'consumer') this.#sentAt = this.#lastAt = this.#scheduler.now();
    this.#tell();
  }

  /** What is waited for, now and each time that changes. */
  get waitedFor$(): Observable<Stage | 'consumer'> {
    return this.#waitedFor.asObservable();
  }

  /** How much is left of a wait of `ms`. */
  left(phase: TimeoutError['phase'], ms: number): number {
    const since = { head: this.#sentAt, first: this.#sentAt, idle: this.#lastAt, total: this.#bornAt };
    return since[phase] + ms - this.#scheduler.now();
  }

  #enter(stage: Stage): void {
    this.#stage = stage;
    this.#tell();
  }

  #tell(): void {
    // No consumer can hold back the key or the head.
    const held = this.#held && (this.#stage === 'first' || this.#stage === 'idle');
    const now = held ? 'consumer' : this.#stage;
    if (now !== this.#waitedFor.value) this.#waitedFor.next(now);
  }
}

/**
 * Fails a call or a stream that has gone quiet, by what is known of its signs of life.
 *
 * A sign of life costs the reading of a clock and no timer: one timer looks now and then whether its time has come.
 * Nothing looks while nothing is waited for: in virtual time such a timer would go on for ever.
 */
export function failWhenSilent<T>(
  { head, first, idle, total, scheduler = asyncScheduler }: Waits,
  life: LifeSigns,
): MonoTypeOperatorFunction<T> {
  const after = (phase: TimeoutError['phase'], ms: number | undefined): Observable<never> => {
    if (!isWait(ms)) return EMPTY;
    const wait = (): Observable<0> => timer(life.left(phase, ms), scheduler);
    return defer(wait).pipe(
      expand(() => (life.left(phase, ms) > 0 ? wait() : throwError(() => new TimeoutError(phase, ms)))),
      ignoreElements(),
    );
  };
  const waitFor = (what: Stage | 'consumer'): Observable<never> => {
    switch (what) {
      case 'key':
        return after('head', head);
      case 'head':
        return isWait(first) && first < (head ?? Infinity) ? after('first', first) : after('head', head);
      case 'first':
        return after('first', first);
      case 'idle':
        return after('idle', idle);
      case 'consumer':
        return EMPTY;
    }
  };
  return takeUntil(merge(life.waitedFor$.pipe(switchMap(waitFor)), after('total', total)));
}

/** The longest wait that timers know; a longer one would end at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Whether a limit is one: absent, `Infinity` and what no timer can wait for are none. */
export const isWait = (ms: number | undefined): ms is number => ms !== undefined && ms <= LONGEST_TIMER;
