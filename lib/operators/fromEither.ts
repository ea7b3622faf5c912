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
 * import { left, right } from 'fp-ts/Either';
 * import { of } from 'rxjs';
 * import { fromEither, TruncatedError } from 'rxjs-chat-completions';
 *
 * of(right('Hel'), left(new TruncatedError())).pipe(fromEither()).subscribe({
 *   error: (error) => console.assert(error instanceof TruncatedError),
 * });
 * ```
 */
export function fromEither<E, A>(): OperatorFunction<Either<E, A>, A> {
  return map((either) => {
    if (isLeft(either)) throw either.left;
    return either.right;
  });
}
