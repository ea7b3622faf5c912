import { DOCUMENT, inject } from '@angular/core';
import {
  catchError,
  defer,
  finalize,
  fromEvent,
  identity,
  switchMap,
  tap,
  throwError,
  timer,
  type MonoTypeOperatorFunction,
  type SchedulerLike,
} from 'rxjs';

import { isChatError } from '../errors';

/** Milliseconds in which a page that the user leaves is gone: those of its next page to respond. */
const LEAVE_MS = 5_000;

/**
 * Returns an operator that holds back a lost connection while the user leaves or reloads the page.
 *
 * A browser may close the connections of a page after `beforeunload`, and before `pagehide`. Without this the answer would be saved
 * as one that failed. A `beforeunload` alone ends nothing: the user may stay, and a click on a `mailto:` link has one too.
 */
export function holdOnLeave<T>(scheduler: SchedulerLike): MonoTypeOperatorFunction<T> {
  const window = inject(DOCUMENT, { optional: true })?.defaultView ?? null;
  if (window === null) return identity;
  return (source$) =>
    defer(() => {
      let isLeaving = false;
      const listener = fromEvent(window, 'beforeunload')
        .pipe(tap(() => (isLeaving = true)))
        .subscribe();
      return source$.pipe(
        catchError((error: unknown) => {
          const failed$ = throwError(() => error);
          const isHeld = isLeaving && isChatError(error) && error._tag === 'ConnectionError';
          return isHeld ? timer(LEAVE_MS, scheduler).pipe(switchMap(() => failed$)) : failed$;
        }),
        finalize(() => listener.unsubscribe()),
      );
    });
}
