import {
  catchError,
  concat,
  defer,
  throwError,
  type MonoTypeOperatorFunction,
  type ObservableInput,
} from 'rxjs';

/** Emits what is left over when a source ends, before the end; be it an error or not. */
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
