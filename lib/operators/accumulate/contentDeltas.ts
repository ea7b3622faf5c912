import { defer, filter, map, type OperatorFunction } from 'rxjs';

import type { ChatCompletionChunk } from '../../codec/ChatCompletionChunk';
import { isRestart } from '../../codec/mark';
import type { Decoded } from '../../decode/decode';
import { contentOf } from '../../fold/content';
import { completeLength } from '../../fold/surrogates';
import { endWithRemaining } from '../../rx/endWithRemaining';
import { unwrap } from '../either/unwrap';
import type { FoldOptions } from './FoldOptions';

/**
 * Emits each fragment of the answer's text as it is received.
 *
 * Made for output that appends: a terminal, a file, a socket. For a screen that renders the full text use
 * {@link accumulateContent}. Chunks that add no text (the role, tool calls, reasoning, usage) emit nothing.
 *
 * A delta never ends in the first half of a surrogate pair: if chunks split one, the half is held back for the next delta, and
 * emitted alone only at the end.
 *
 * ```text
 * source:          -r-h-l---u|     r = role, h = 'Hel', l = 'lo', u = usage
 * contentDeltas(): ---h-l----|
 * ```
 *
 * @param options - The choice to follow, and the policy for a chunk that cannot be decoded.
 * @returns An operator that errors with {@link ChunkFailed} at a `Left`, unless `onChunkError` is another policy.
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
  return (decoded$) =>
    defer(() => {
      let held = '';
      const deltaOf = (chunk: ChatCompletionChunk): string => {
        const text = (isRestart(chunk) ? '' : held) + contentOf(chunk, { choice });
        const length = completeLength(text);
        held = text.slice(length);
        return text.slice(0, length);
      };
      return decoded$.pipe(
        unwrap(onChunkError),
        map(deltaOf),
        endWithRemaining(() => [held]),
        filter((text) => text !== ''),
      );
    });
}
