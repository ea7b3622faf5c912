import {
  catchError,
  concat,
  defer,
  throwError,
  type MonoTypeOperatorFunction,
  type ObservableInput,
} from 'rxjs';

/**
 * Emits the remaining values when the source completes or errors, before that notification.
 *
 * ```text
 * source:                    -a-b-#
 * endWithRemaining(() => r): -a-b-(r#)
 * ```
 *
 * @param remaining - Returns the remaining values.
 */
export function endWithRemaining<T>(remaining: () => ObservableInput<T>): MonoTypeOperatorFunction<T> {
  const remaining$ = defer(remaining);
  return (value$) => {
    const untilError$ = value$.pipe(
      catchError((error: unknown) => {
        const error$ = throwError(() => error);
        return concat(remaining$, error$);
      }),
    );
    return concat(untilError$, remaining$);
  };
}
