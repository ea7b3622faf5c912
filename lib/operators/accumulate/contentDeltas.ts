import { filter, map, pipe, type OperatorFunction } from 'rxjs';

import type { ChatCompletionChunk } from '../../codec/ChatCompletionChunk';
import type { Decoded } from '../../decode/decode';
import { contentOf } from '../../fold/content';
import type { FoldOptions } from './FoldOptions';
import { unwrap } from '../either/unwrap';

/**
 * The pieces of the answer's text, as they come.
 *
 * For appending: to a terminal, a file, a socket. For a screen that is drawn anew take {@link accumulateContent}.
 * Chunks that add no text (the role, tool calls, reasoning, usage) emit nothing.
 *
 * ```text
 * source:          -r-h-l---u|     r = role, h = 'Hel', l = 'lo', u = usage
 * contentDeltas(): ---h-l----|
 * ```
 *
 * @param options - The choice to follow, and what becomes of a chunk that could not be read.
 * @returns An operator that errors with {@link ChunkFailed} at a left, unless told otherwise.
 *
 * @example
 * ```ts
 * import { chatCompletion$, contentDeltas } from 'rxjs-chat-completions';
 *
 * chatCompletion$({}, { model: 'llama3.2', messages: [{ role: 'user', content: 'Hi' }] })
 *   .pipe(contentDeltas())
 *   .subscribe((text) => console.log(text));
 * ```
 */
export function contentDeltas({ choice, onChunkError = 'fail' }: FoldOptions = {}): OperatorFunction<
  Decoded<ChatCompletionChunk>,
  string
> {
  return pipe(
    unwrap(onChunkError),
    map((chunk: ChatCompletionChunk) => contentOf(chunk, { choice })),
    filter((text) => text !== ''),
  );
}
