import { defaultIfEmpty, defer, filter, map, type OperatorFunction } from 'rxjs';

import type { ChatCompletionChunk } from '../../codec/ChatCompletionChunk';
import type { Decoded } from '../../decode/decode';
import type { AccumulatedToolCall } from '../../fold/AccumulatedToolCall';
import { readField } from '../../fold/fields';
import { MAX_ARRAY, type List } from '../../fold/LongList';
import { addToolCalls, noToolCalls } from '../../fold/toolCalls';
import type { ToolCallsState } from '../../fold/ToolCallsState';
import { endWithRemaining } from '../../rx/endWithRemaining';
import { isUnwrapped } from '../either/unwrap';
import type { FoldOptions } from './FoldOptions';

/**
 * Emits the tool calls so far, their fragments joined, each time a chunk adds to them.
 *
 * A call is `complete` once its choice has ended with a finish reason that completes it. Run only those. Its `arguments`
 * are text, which a model may write as invalid JSON. Beyond 64 calls the lists are emitted less often, so that time stays linear;
 * that of the finish reason and the last one always arrive.
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
  return (decoded$) =>
    defer(() => {
      let state = noToolCalls;
      let calls = callsOf(state);
      let shown = calls;
      /** Chunks since the last list. The first list is emitted at any length. */
      let chunks = Infinity;
      const show = (): readonly AccumulatedToolCall[] => {
        shown = calls;
        chunks = 0;
        return state.calls;
      };
      /** Adds a chunk. Returns whether to emit the calls. */
      const add = (chunk: ChatCompletionChunk): boolean => {
        const { reasons } = state;
        state = addToolCalls(state, chunk, { choice });
        calls = callsOf(state);
        chunks += 1;
        const finishes = reasons === undefined && state.reasons !== undefined;
        // A finish reason alone changes the state, but no calls.
        return calls !== shown && (finishes || chunks * MAX_ARRAY >= calls.length);
      };
      return decoded$.pipe(
        filter((decoded) => isUnwrapped(decoded, onChunkError) && add(decoded.right)),
        map(show),
        endWithRemaining(() => (calls === shown ? [] : [show()])),
        defaultIfEmpty(noToolCalls.calls),
      );
    });
}

/** Returns the calls, a long list of them as it is: an array of all for each chunk would take quadratic time. */
const callsOf = (state: ToolCallsState): List<AccumulatedToolCall> =>
  readField(state, 'calls') as List<AccumulatedToolCall>;
