import {
  catchError,
  concatAll,
  map,
  of,
  pipe,
  throwError,
  type ObservableInput,
  type OperatorFunction,
} from 'rxjs';

/**
 * Like `concatMap`, but an error of the source waits for the values before it, as its completion does.
 *
 * The values wait even if they are at hand: the consumer of one of them may cause the error.
 *
 * ```text
 * source:                       -ab---#
 * project(a):                    ---(x|)
 * project(b):                       ---(y|)
 * concatMapDelayError(project): ----x--(y#)
 * ```
 *
 * @param project - Returns the values for one of the source; called as soon as it is received.
 */
export const concatMapDelayError = <T, R>(
  project: (value: T, index: number) => ObservableInput<R>,
): OperatorFunction<T, R> =>
  pipe(
    map(project),
    catchError((error: unknown) => of(throwError(() => error))),
    concatAll(),
  );
