import {
  catchError,
  concat,
  defer,
  throwError,
  type MonoTypeOperatorFunction,
  type ObservableInput,
} from 'rxjs';

/** Emits what is left over when a source ends, before the end; be it an error or not. */
export function endWithRest<T>(rest: () => ObservableInput<T>): MonoTypeOperatorFunction<T> {
  const rest$ = defer(rest);
  return (value$) => {
    const untilError$ = value$.pipe(
      catchError((error: unknown) => {
        const error$ = throwError(() => error);
        return concat(rest$, error$);
      }),
    );
    return concat(untilError$, rest$);
  };
}
