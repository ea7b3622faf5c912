import type { OperatorFunction } from 'rxjs';

import type { ChatCompletionChunk } from '../../codec/ChatCompletionChunk';
import type { Decoded } from '../../decode/decode';
import { addContent } from '../../fold/content';
import { accumulate } from './accumulate';
import type { FoldOptions } from './FoldOptions';

/**
 * Emits the answer's text so far, each time a chunk adds to it.
 *
 * Engines join strings lazily: a text that is never read costs almost nothing. Put throttling (`perFrame`, `auditTime`)
 * below this operator, and whatever reads the text below that.
 *
 * ```text
 * source:              -r-h-l---u|     r = role, h = 'Hel', l = 'lo', u = usage
 * accumulateContent(): ---x-y----|     x = 'Hel', y = 'Hello'
 * ```
 *
 * Put `perFrame`, `smoothText` and `shareCompletion` below it: they drop values, which are snapshots here and lost text
 * above. Put `retryChat` above it.
 *
 * ```text
 * source:                          -a-b-c|      a, b, c = 'Hel', 'lo', '!'
 * frames:                          ----x---x
 * perFrame(), accumulateContent(): ----y-(z|)   wrong: y = 'lo', z = 'lo!'
 * accumulateContent(), perFrame(): ----y-(z|)   right: y = 'Hello', z = 'Hello!'
 * ```
 *
 * @param options - The choice to follow, and the policy for a chunk that cannot be decoded.
 * @returns An operator that errors with {@link ChunkFailed} at a `Left`, unless `onChunkError` is another policy. An answer
 * that adds nothing emits its empty value at completion: `''`.
 *
 * @example
 * ```ts
 * import { accumulateContent, chatCompletion$ } from 'rxjs-chat-completions';
 *
 * chatCompletion$({}, { model: 'llama3.2', messages: [{ role: 'user', content: 'Hi' }] })
 *   .pipe(accumulateContent())
 *   .subscribe((text) => console.log(text));
 * ```
 */
export function accumulateContent(
  options?: FoldOptions,
): OperatorFunction<Decoded<ChatCompletionChunk>, string> {
  return accumulate(addContent, '', options);
}
