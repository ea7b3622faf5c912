import {
  identity,
  Observable,
  takeUntil,
  tap,
  type MonoTypeOperatorFunction,
  type SchedulerLike,
} from 'rxjs';

import type { TimeoutPhase } from '../errors';
import { timeLimit } from '../response/timeLimit';
import { isFiniteDelay } from '../rx/isFiniteDelay';

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
  scheduler?: SchedulerLike,
  message?: string,
): Observable<never> =>
  new Observable((subscriber) => timeLimit(subscriber, phase, ms, { scheduler }, message).start());

/** Errors with {@link ChatTimeoutError} if the source does not end in time. */
export const failAfter = <T>(
  phase: TimeoutPhase,
  ms: number | undefined,
  scheduler?: SchedulerLike,
): MonoTypeOperatorFunction<T> => (isFiniteDelay(ms) ? takeUntil(after$(phase, ms, scheduler)) : identity);

/** Errors with {@link ChatTimeoutError} if the first value does not arrive in time. */
export const failWithoutFirst = <T>(
  phase: TimeoutPhase,
  ms: number | undefined,
  scheduler?: SchedulerLike,
): MonoTypeOperatorFunction<T> =>
  isFiniteDelay(ms)
    ? (value$) =>
        new Observable((subscriber) => {
          const wait = timeLimit(subscriber, phase, ms, { scheduler });
          wait.start();
          value$.pipe(tap(() => wait.stop())).subscribe(subscriber);
        })
    : identity;
