import { defaultIfEmpty, map, pipe, type OperatorFunction } from 'rxjs';

import type { ChatCompletionChunk } from '../../codec/ChatCompletionChunk';
import type { Decoded } from '../../decode/decode';
import type { AccumulatedToolCall } from '../../fold/AccumulatedToolCall';
import { addToolCalls, noToolCalls, type ToolCallsState } from '../../fold/toolCalls';
import { scanUnwrapped, whenChanged } from './accumulate';
import type { FoldOptions } from './FoldOptions';

/**
 * Emits the tool calls so far, their fragments joined, each time a chunk adds to them.
 *
 * A call is `complete` once its choice has ended with a finish reason that completes it. Run only those. Its `arguments`
 * are text, which a model may write as invalid JSON.
 *
 * ```text
 * source:                -a-b---f|     a = the call's name, b = '{"city":"Oslo"}', f = finish reason
 * accumulateToolCalls(): -x-y---z|     z = [{ name: 'weather', arguments: '{"city":"Oslo"}', complete: true, … }]
 * ```
 *
 * @param options - The choice to follow, and the policy for a chunk that cannot be decoded.
 * @returns An operator that errors with {@link ChunkFailed} at a `Left`, unless `onChunkError` is another policy. An answer
 * that adds nothing emits its empty value at completion: `[]`.
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
    scanUnwrapped(
      (state: ToolCallsState, chunk) => addToolCalls(state, chunk, { choice }),
      noToolCalls,
      onChunkError,
    ),
    map(({ calls }) => calls),
    // A finish reason alone changes the state, but no calls.
    whenChanged(noToolCalls.calls),
    defaultIfEmpty(noToolCalls.calls),
  );
}
