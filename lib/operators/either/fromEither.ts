import { isLeft, type Either } from 'fp-ts/Either';
import { map, type OperatorFunction } from 'rxjs';

/**
 * Turns the first `Left` into an error notification.
 *
 * `retry`, `catchError` and `timeout` then act on it. {@link toEither} is the inverse.
 *
 * ```text
 * source:       -A-B-L-C|    A = Right(a), L = Left(e)
 * fromEither(): -a-b-#       # = e
 * ```
 *
 * @returns An operator that emits the value of each `Right` and errors with the value of the first `Left`.
 *
 * @example
 * ```ts
 * import { left, right, type Either } from 'fp-ts/Either';
 * import { of, type Observable } from 'rxjs';
 * import { fromEither, TruncatedError } from 'rxjs-chat-completions';
 *
 * const either$: Observable<Either<TruncatedError, string>> = of(right('Hel'), left(new TruncatedError()));
 * either$.pipe(fromEither()).subscribe({
 *   next: (text) => console.assert(text === 'Hel'),
 *   error: (error) => console.assert(error instanceof TruncatedError),
 * });
 * ```
 */
export function fromEither<E extends Error, A>(): OperatorFunction<Either<E, A>, A> {
  return map((either) => {
    if (isLeft(either)) throw either.left;
    return either.right;
  });
}
