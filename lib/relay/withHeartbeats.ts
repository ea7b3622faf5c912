import {
  defer,
  filter,
  identity,
  interval,
  map,
  merge,
  Subject,
  takeUntil,
  tap,
  type MonoTypeOperatorFunction,
  type SchedulerLike,
} from 'rxjs';

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
  return (text$) =>
    defer(() => {
      const ended$ = new Subject<void>();
      let isIdle = true;
      const comment$ = interval(ms, scheduler).pipe(
        filter(() => {
          const wasIdle = isIdle;
          isIdle = true;
          return wasIdle && isWanted();
        }),
        map(() => COMMENT),
        takeUntil(ended$),
      );
      const marked$ = text$.pipe(
        tap({
          next: () => {
            isIdle = false;
          },
          complete: () => ended$.next(),
        }),
      );
      return merge(comment$, marked$);
    });
}
