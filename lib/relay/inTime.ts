import { Observable, takeUntil, type MonoTypeOperatorFunction, type SchedulerLike } from 'rxjs';

import { Wait } from '../response/Wait';

/**
 * Errors if the source does not complete in time.
 *
 * A process that was paused for longer first receives what has arrived meanwhile: see {@link Wait}.
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
    new Observable<never>((subscriber) => {
      const wait = new Wait(ms, () => subscriber.error(failure()), { scheduler });
      subscriber.add(() => wait.stop());
      wait.start();
    }),
  );
