import type { OperatorFunction } from 'rxjs';

import type { Decoded } from '../../decode/decode';
import type { ChunkError } from '../../errors';
import { unwrap } from './unwrap';

/**
 * Emits plain values; reports and drops those that cannot be decoded.
 *
 * ```text
 * source:         -a-b-L-c|     L = Left(error)
 * orSkip(report): -A-B---C|     report(error) is called at L
 * ```
 *
 * @param report - Receives the error of each dropped value. Default: none, they are dropped without notice. If it throws,
 * the stream errors with that value.
 * @returns An operator that emits the value of each `Right`.
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
