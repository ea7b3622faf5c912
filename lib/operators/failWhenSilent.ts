import {
  asyncScheduler,
  EMPTY,
  expand,
  ignoreElements,
  merge,
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

/** What is known of one stream's signs of life. */
export class LifeSigns {
  #begun = false;
  /** Since when the stream could have begun. */
  #since: number;
  #lastAt: number;
  #paused = false;

  constructor(private readonly scheduler: SchedulerLike = asyncScheduler) {
    this.#since = scheduler.now();
    this.#lastAt = this.#since;
  }

  /** A consumer holds the stream back: its silence is not the server's. */
  pause(): void {
    this.#paused = true;
  }

  /** The stream may go on; silence is counted from here. */
  resume(): void {
    this.#paused = false;
    this.#since = this.scheduler.now();
    this.#lastAt = this.#since;
  }

  /** Something came that counts. */
  seen(): void {
    this.#lastAt = this.scheduler.now();
  }

  /** The first event has come; from here on silence is counted. */
  begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    this.seen();
  }

  /** How much longer the first event may take, that was given `ms`; `Infinity` once it has come. */
  leftUntilFirst(ms: number): number {
    if (this.#begun) return Infinity;
    return this.#paused ? ms : this.#since + ms - this.scheduler.now();
  }

  /** How much longer silence may last, that was given `ms`. */
  left(ms: number): number {
    return this.#begun && !this.#paused ? this.#lastAt + ms - this.scheduler.now() : ms;
  }
}

/**
 * Fails a stream that has gone quiet, by what is known of its signs of life.
 *
 * A sign of life costs the reading of a clock and no timer: one timer looks now and then whether its time has come.
 */
export function failWhenSilent<T>(
  { first, idle, total, scheduler = asyncScheduler }: Silences,
  life: LifeSigns,
): MonoTypeOperatorFunction<T> {
  const after = (
    phase: 'first' | 'idle' | 'total',
    ms: number | undefined,
    left: () => number,
  ): Observable<never> =>
    isWait(ms)
      ? timer(ms, scheduler).pipe(
          expand(() => {
            const more = left();
            if (more === Infinity) return EMPTY;
            return more > 0 ? timer(more, scheduler) : throwError(() => new TimeoutError(phase, ms));
          }),
          ignoreElements(),
        )
      : EMPTY;
  return takeUntil(
    merge(
      after('first', first, () => life.leftUntilFirst(first ?? 0)),
      after('idle', idle, () => life.left(idle ?? 0)),
      after('total', total, () => 0),
    ),
  );
}

/** The longest wait that timers know; a longer one would end at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Whether a limit is one: absent, `Infinity` and what no timer can wait for are none. */
export const isWait = (ms: number | undefined): ms is number => ms !== undefined && ms <= LONGEST_TIMER;
