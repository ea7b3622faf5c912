import { left, right, type Either } from 'fp-ts/Either';
import { catchError, map, of, pipe, throwError, type OperatorFunction } from 'rxjs';

import { isChatError, type ChatError } from '../../errors';

/**
 * Turns a terminal error into a last `Left`, followed by completion.
 *
 * Made for fp-ts pipelines, where both kinds of failure are values. {@link fromEither} is the inverse.
 *
 * ```text
 * source:     -a-b-#       # = TruncatedError
 * toEither(): -A-B-(L|)    A = Right(a), L = Left(TruncatedError)
 * ```
 *
 * @returns An operator whose result errors only with values that are not a {@link ChatError}, such as a bug in a callback
 * above.
 *
 * @example
 * ```ts
 * import * as E from 'fp-ts/Either';
 * import { map } from 'rxjs';
 * import { accumulateContent, chatCompletion$, toEither } from 'rxjs-chat-completions';
 *
 * chatCompletion$({}, { model: 'llama3.2', messages: [{ role: 'user', content: 'Hi' }] }).pipe(
 *   accumulateContent(),
 *   toEither(),
 *   map(E.match((error) => `failed: ${error.message}`, (text) => text)),
 * );
 * ```
 */
export function toEither<A>(): OperatorFunction<A, Either<ChatError, A>> {
  return pipe(
    map((value: A): Either<ChatError, A> => right(value)),
    catchError((error: unknown) => (isChatError(error) ? of(left(error)) : throwError(() => error))),
  );
}
