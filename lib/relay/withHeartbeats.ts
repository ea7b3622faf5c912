import { identity, interval, Observable, tap, type MonoTypeOperatorFunction, type SchedulerLike } from 'rxjs';

import { isFiniteDelay } from '../rx/isFiniteDelay';

/** A comment, which readers of events skip. */
const COMMENT = ': keep-alive\n\n';

/**
 * Emits a comment in each interval without text, so that proxies and readers keep the connection.
 *
 * ```text
 * source:            -a-------b--|
 * withHeartbeats(3): -a----c--b--|    c = a comment
 * ```
 *
 * @param ms - The interval in milliseconds; `Infinity` for no comments. At most
 * twice that time passes without a value.
 * @param isWanted - Whether a comment may be emitted; false while a reader does not read.
 */
export function withHeartbeats(
  ms: number,
  scheduler?: SchedulerLike,
  isWanted = (): boolean => true,
): MonoTypeOperatorFunction<string> {
  if (!isFiniteDelay(ms)) return identity;
  // No merge: every event of a relay passes here.
  return (text$) =>
    new Observable((subscriber) => {
      let isIdle = true;
      const onTick = (): void => {
        if (isIdle && isWanted()) subscriber.next(COMMENT);
        isIdle = true;
      };
      const error = (failure: unknown): void => subscriber.error(failure);
      subscriber.add(interval(ms, scheduler).subscribe({ next: onTick, error }));
      const onText = (): void => {
        isIdle = false;
      };
      text$.pipe(tap(onText)).subscribe(subscriber);
    });
}
