import {
  asyncScheduler,
  identity,
  NEVER,
  Observable,
  Subscription,
  takeUntil,
  throwError,
  timeout,
  type MonoTypeOperatorFunction,
  type SchedulerLike,
  type Subscriber,
} from 'rxjs';

import { ChatTimeoutError, type TimeoutPhase } from '../errors';
import { whileOpen } from '../response/whileOpen';
import { isFiniteDelay } from '../rx/isFiniteDelay';
import type { ReadGate } from '../transport/ReadGate';

/** Time limits of a stream, in milliseconds; absent or `Infinity` for no limit. */
export interface TimeoutOptions {
  /** Until the first event. */
  readonly first?: number;
  /** Between one activity and the next, after the first event. */
  readonly idle?: number;
  /** From the subscription to the end. */
  readonly total?: number;
  /** Times the waits. Default RxJS's `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/** Errors with {@link ChatTimeoutError} after a time; never for `undefined` and `Infinity`. */
export const after$ = (
  phase: TimeoutPhase,
  ms: number | undefined,
  scheduler: SchedulerLike = asyncScheduler,
): Observable<never> =>
  isFiniteDelay(ms) ? new Observable((subscriber) => fail(subscriber, phase, ms, scheduler)) : NEVER;

const fail = (
  subscriber: Subscriber<never>,
  phase: TimeoutPhase,
  ms: number,
  scheduler: SchedulerLike,
): Subscription => scheduler.schedule(() => subscriber.error(new ChatTimeoutError(phase, ms)), ms);

/** Errors with {@link ChatTimeoutError} if the source does not end in time. */
export const failAfter = <T>(
  phase: TimeoutPhase,
  ms: number | undefined,
  scheduler?: SchedulerLike,
): MonoTypeOperatorFunction<T> => (isFiniteDelay(ms) ? takeUntil(after$(phase, ms, scheduler)) : identity);

/** A time limit for an event that `met` reports, so it adds no step to the values of the stream. */
export class Deadline {
  readonly #phase: TimeoutPhase;
  readonly #ms: number;
  readonly #scheduler: SchedulerLike;
  readonly #gate: ReadGate | undefined;
  #isMet = false;
  #wait = Subscription.EMPTY;

  /** @param gate - Time while it is closed does not count. */
  constructor(phase: TimeoutPhase, ms: number, scheduler: SchedulerLike = asyncScheduler, gate?: ReadGate) {
    this.#phase = phase;
    this.#ms = ms;
    this.#scheduler = scheduler;
    this.#gate = gate;
  }

  /** Reports the event, which ends the wait. */
  met(): void {
    this.#isMet = true;
    this.#wait.unsubscribe();
  }

  /** Whether the event was reported. */
  get isMet(): boolean {
    return this.#isMet;
  }

  /** Starts the time, and errors when it is over. */
  start(subscriber: Subscriber<never>): void {
    if (!isFiniteDelay(this.#ms)) return;
    this.#wait = whileOpen(this.#gate, () => fail(subscriber, this.#phase, this.#ms, this.#scheduler));
    subscriber.add(this.#wait);
  }
}

/** Errors with {@link ChatTimeoutError} unless each limit is met in time; of two equal ones at the first. */
export const failUnlessMet =
  <T>(...deadlines: readonly Deadline[]): MonoTypeOperatorFunction<T> =>
  (value$) =>
    new Observable((subscriber) => {
      for (const deadline of deadlines) deadline.start(subscriber);
      value$.subscribe(subscriber);
    });

/** Errors with {@link ChatTimeoutError} if the first value does not arrive in time. */
export const failWithoutFirst = <T>(
  phase: TimeoutPhase,
  ms: number | undefined,
  scheduler?: SchedulerLike,
): MonoTypeOperatorFunction<T> =>
  isFiniteDelay(ms)
    ? timeout({ first: ms, scheduler, with: () => throwError(() => new ChatTimeoutError(phase, ms)) })
    : identity;
