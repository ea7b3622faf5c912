import type { OperatorFunction } from 'rxjs';

import type { Decoded } from '../../decode/decode';
import type { ChunkError } from '../../errors';
import { unwrap } from './unwrap';

/**
 * Plain chunks; one that could not be read is reported and left out.
 *
 * ```text
 * source:         -a-b-L-c|     L = Left(error)
 * orSkip(report): -A-B---C|     report(error) is called at L
 * ```
 *
 * @param report - Told of each chunk left out. Without it they vanish; what it throws ends the stream.
 * @returns An operator that emits what the rights hold.
 *
 * @example
 * ```ts
 * import { chatCompletion$, orSkip } from 'rxjs-chat-completions';
 *
 * chatCompletion$({}, { model: 'llama3.2', messages: [{ role: 'user', content: 'Hi' }] })
 *   .pipe(orSkip((error) => console.warn(error.message)))
 *   .subscribe((chunk) => console.log(chunk.choices?.[0]?.delta?.content));
 * ```
 */
export function orSkip<A>(report?: (error: ChunkError) => void): OperatorFunction<Decoded<A>, A> {
  return unwrap(report ?? 'skip');
}
