import type { OperatorFunction } from 'rxjs';

import type { ChatCompletionChunk } from '../../codec/ChatCompletionChunk';
import type { Decoded } from '../../decode/decode';
import { addContent } from '../../fold/content';
import { accumulate } from './accumulate';
import type { FoldOptions } from './FoldOptions';

/**
 * The answer so far, again at every chunk that adds to it.
 *
 * Strings join lazily: a text that is not looked at costs nearly nothing, so put what throttles (`perFrame`,
 * `auditTime`) below this operator and reading below that.
 *
 * ```text
 * source:              -r-h-l---u|     r = role, h = 'Hel', l = 'lo', u = usage
 * accumulateContent(): ---x-y----|     x = 'Hel', y = 'Hello'
 * ```
 *
 * @param options - The choice to follow, and what becomes of a chunk that could not be read.
 * @returns An operator that errors with {@link ChunkFailed} at a left, unless told otherwise. An answer without
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
