import { isLeft, type Either } from 'fp-ts/Either';
import { map, type OperatorFunction } from 'rxjs';

/**
 * Puts an in-band failure where RxJS looks for it: the first `Left` ends the stream.
 *
 * So that `retry`, `catchError` and `timeout` act on it; {@link toEither} is the way back.
 *
 * ```text
 * source:       -A-B-L-C|    A = Right(a), L = Left(e)
 * fromEither(): -a-b-#       # = e
 * ```
 *
 * @returns An operator that emits what the rights hold and errors with what the first left holds.
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
