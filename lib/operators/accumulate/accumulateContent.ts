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
 * @param options - The choice to follow, and the policy for a chunk that cannot be decoded.
 * @returns An operator that errors with {@link ChunkFailed} at a `Left`, unless `onChunkError` says otherwise. An answer without
 * text completes without a value.
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
export function accumulateContent({ choice, onChunkError = 'fail' }: FoldOptions = {}): OperatorFunction<
  Decoded<ChatCompletionChunk>,
  string
> {
  return accumulate((text: string, chunk) => addContent(text, chunk, { choice }), '', onChunkError);
}
