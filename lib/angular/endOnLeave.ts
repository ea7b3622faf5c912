import { DOCUMENT, inject } from '@angular/core';
import {
  catchError,
  defer,
  EMPTY,
  finalize,
  fromEvent,
  identity,
  tap,
  throwError,
  type MonoTypeOperatorFunction,
} from 'rxjs';

import { isChatError } from '../errors';

/**
 * Returns an operator that ends an answer whose connection breaks because the user leaves or reloads the page.
 *
 * A browser closes the connections of a page after `beforeunload`, and before `pagehide`. Without this the answer would be saved
 * as one that failed. A `beforeunload` alone ends nothing: a click on a `mailto:` link has one too.
 */
export function endOnLeave<T>(): MonoTypeOperatorFunction<T> {
  const window = inject(DOCUMENT, { optional: true })?.defaultView ?? null;
  if (window === null) return identity;
  return (source$) =>
    defer(() => {
      let isLeaving = false;
      const listener = fromEvent(window, 'beforeunload')
        .pipe(tap(() => (isLeaving = true)))
        .subscribe();
      return source$.pipe(
        catchError((error: unknown) =>
          isLeaving && isChatError(error) && error._tag === 'ConnectionError'
            ? EMPTY
            : throwError(() => error),
        ),
        finalize(() => listener.unsubscribe()),
      );
    });
}
