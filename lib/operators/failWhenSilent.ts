import {
  asyncScheduler,
  BehaviorSubject,
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

/** What a stream is given time for: its first event, another sign of life, or nothing while its consumer is busy. */
type Phase = 'first' | 'idle' | 'held';

/** What is known of one stream's signs of life. */
export class LifeSigns {
  readonly #phase = new BehaviorSubject<Phase>('first');
  #begun = false;
  #lastAt: number;

  constructor(private readonly scheduler: SchedulerLike = asyncScheduler) {
    this.#lastAt = scheduler.now();
  }

  /** A consumer holds the stream back: its silence is not the server's. */
  pause(): void {
    this.#phase.next('held');
  }

  /** The stream may go on; silence is counted from here. */
  resume(): void {
    this.seen();
    this.#phase.next(this.#begun ? 'idle' : 'first');
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
    if (this.#phase.value === 'first') this.#phase.next('idle');
  }

  /** What is waited for, now and each time that changes. */
  get phase$(): Observable<Phase> {
    return this.#phase.asObservable();
  }

  /** How much longer silence may last, that was given `ms`. */
  left(ms: number): number {
    return this.#lastAt + ms - this.scheduler.now();
  }
}

/**
 * Fails a stream that has gone quiet, by what is known of its signs of life.
 *
 * A sign of life costs the reading of a clock and no timer: one timer looks now and then whether its time has come.
 * Nothing looks while nothing is waited for: in virtual time such a timer would go on for ever.
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
            return more > 0 ? timer(more, scheduler) : throwError(() => new TimeoutError(phase, ms));
          }),
          ignoreElements(),
        )
      : EMPTY;
  const silences: Readonly<Record<Phase, Observable<never>>> = {
    first: after('first', first, () => 0),
    idle: after('idle', idle, () => life.left(idle ?? 0)),
    held: EMPTY,
  };
  return takeUntil(
    merge(
      life.phase$.pipe(switchMap((phase) => silences[phase])),
      after('total', total, () => 0),
    ),
  );
}

/** The longest wait that timers know; a longer one would end at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Whether a limit is one: absent, `Infinity` and what no timer can wait for are none. */
export const isWait = (ms: number | undefined): ms is number => ms !== undefined && ms <= LONGEST_TIMER;
