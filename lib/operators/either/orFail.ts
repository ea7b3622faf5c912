import type { OperatorFunction } from 'rxjs';

import type { Decoded } from '../../decode/decode';
import { unwrap } from './unwrap';

/**
 * Emits plain values, and errors at one that cannot be decoded.
 *
 * Use it to fold chunks by hand. The operators of this library take the Either stream as it is.
 *
 * ```text
 * source:   -a-b-L-c|     L = Left(error)
 * orFail(): -A-B-#        # = ChunkFailed(error)
 * ```
 *
 * @returns An operator that emits the value of each `Right`, and errors with {@link ChunkFailed} at the first `Left`.
 *
 * @example
 * ```ts
 * import { chatCompletion$, orFail } from 'rxjs-chat-completions';
 *
 * chatCompletion$({}, { model: 'llama3.2', messages: [{ role: 'user', content: 'Hi' }] })
 *   .pipe(orFail())
 *   .subscribe((chunk) => console.log(chunk.choices?.[0]?.delta?.content));
 * ```
 */
export function orFail<A>(): OperatorFunction<Decoded<A>, A> {
  return unwrap('fail');
}
