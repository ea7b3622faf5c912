import { filter, map, pipe, type OperatorFunction } from 'rxjs';

import type { ChatCompletionChunk } from '../../codec/ChatCompletionChunk';
import type { Decoded } from '../../decode/decode';
import { contentOf } from '../../fold/content';
import type { FoldOptions } from './FoldOptions';
import { unwrap } from '../either/unwrap';

/**
 * Emits each fragment of the answer's text as it is received.
 *
 * Made for output that appends: a terminal, a file, a socket. For a screen that renders the full text use
 * {@link accumulateContent}. Chunks that add no text (the role, tool calls, reasoning, usage) emit nothing.
 *
 * ```text
 * source:          -r-h-l---u|     r = role, h = 'Hel', l = 'lo', u = usage
 * contentDeltas(): ---h-l----|
 * ```
 *
 * @param options - The choice to follow, and the policy for a chunk that cannot be decoded.
 * @returns An operator that errors with {@link ChunkFailed} at a `Left`, unless `onChunkError` says otherwise.
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
