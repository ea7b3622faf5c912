import { map, pipe, type OperatorFunction } from 'rxjs';

import type { ChatCompletionChunk } from '../../codec/ChatCompletionChunk';
import type { Decoded } from '../../decode/decode';
import {
  addToolCalls,
  noToolCalls,
  type AccumulatedToolCall,
  type ToolCallsState,
} from '../../fold/toolCalls';
import { scanSettled, whenChanged } from './accumulate';
import type { FoldOptions } from './FoldOptions';

/**
 * The tool calls so far, their pieces joined, again at every chunk that adds to them.
 *
 * A call is `complete` once its choice has ended with a finish reason that lets it: run no other. Its `arguments` are
 * text; a model may write what is no JSON.
 *
 * ```text
 * source:                -a-b---f|     a = the call's name, b = '{"city":"Oslo"}', f = finish reason
 * accumulateToolCalls(): -x-y---z|     z = [{ name: 'weather', arguments: '{"city":"Oslo"}', complete: true, … }]
 * ```
 *
 * @param options - The choice to follow, and what becomes of a chunk that could not be read.
 * @returns An operator that errors with {@link ChunkFailed} at a left, unless told otherwise. An answer without tool
 * calls completes without a value.
 *
 * @example
 * ```ts
 * import { filter, map } from 'rxjs';
 * import { accumulateToolCalls, chatCompletion$ } from 'rxjs-chat-completions';
 *
 * chatCompletion$({}, { model: 'llama3.2', messages: [{ role: 'user', content: 'Weather in Oslo?' }] }).pipe(
 *   accumulateToolCalls(),
 *   map((calls) => calls.filter(({ complete }) => complete)),
 *   filter((calls) => calls.length > 0),
 * );
 * ```
 */
export function accumulateToolCalls({ choice, onChunkError = 'fail' }: FoldOptions = {}): OperatorFunction<
  Decoded<ChatCompletionChunk>,
  readonly AccumulatedToolCall[]
> {
  return pipe(
    scanSettled(
      (state: ToolCallsState, chunk) => addToolCalls(state, chunk, { choice }),
      noToolCalls,
      onChunkError,
    ),
    map(({ calls }) => calls),
    // The state also knows the finish reason, which changes no call of an answer that has none.
    whenChanged(noToolCalls.calls),
  );
}
