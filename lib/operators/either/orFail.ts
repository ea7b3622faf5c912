import type { OperatorFunction } from 'rxjs';

import type { Decoded } from '../../decode/decode';
import { unwrap } from './unwrap';

/**
 * Plain chunks; one that could not be read ends the stream.
 *
 * For those who fold chunks by hand: the operators of this library take the Either stream as it is.
 *
 * ```text
 * source:   -a-b-L-c|     L = Left(error)
 * orFail(): -A-B-#        # = ChunkFailed(error)
 * ```
 *
 * @returns An operator that emits what the rights hold, and errors with {@link ChunkFailed} at the first left.
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
