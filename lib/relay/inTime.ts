import { Observable, takeUntil, type MonoTypeOperatorFunction, type SchedulerLike } from 'rxjs';

import { failingWait } from '../response/timeLimit';

/**
 * Errors if the source does not complete in time.
 *
 * A process that was paused for longer first receives what has arrived meanwhile: see `Wait`.
 *
 * @param ms - Milliseconds from the subscription to the end; `Infinity` for no limit.
 * @param failure - Returns the error.
 */
export const inTime = <T>(
  ms: number,
  failure: () => Error,
  scheduler?: SchedulerLike,
): MonoTypeOperatorFunction<T> =>
  takeUntil(
    new Observable<never>((subscriber) => failingWait(subscriber, ms, failure, { scheduler }).start()),
  );
