import type { CompletionChoice } from '../codec/ChatCompletion';
import type { ChunkChoice } from '../codec/ChunkChoice';
import { isRestart } from '../codec/mark';
import { toolCallsIn, type AccumulatedToolCall } from './AccumulatedToolCall';
import { choicesAt, type ChoiceOptions, type ChunkStep } from './choices';
import { join, omit, type Rules } from './join';
import { joinFunctionCall, joinToolCalls } from './joinToolCalls';

export { toolCallsIn, type AccumulatedToolCall } from './AccumulatedToolCall';

/**
 * The tool calls of one choice so far.
 *
 * @example
 * ```ts
 * import { map, scan } from 'rxjs';
 * import { addToolCalls, chatCompletion$, noToolCalls, orFail } from 'rxjs-chat-completions';
 *
 * chatCompletion$({}, { model: 'llama3.2', messages: [{ role: 'user', content: 'Hi' }] }).pipe(
 *   orFail(),
 *   scan(addToolCalls, noToolCalls),
 *   map(({ calls }) => calls),
 * );
 * ```
 */
export interface ToolCallsState {
  readonly calls: readonly AccumulatedToolCall[];
  /** The choice so far, in the shape of the wire. */
  readonly choice: CompletionChoice;
}

/**
 * The state before the first chunk.
 *
 * @example
 * ```ts
 * import { noToolCalls } from 'rxjs-chat-completions';
 *
 * console.assert(noToolCalls.calls.length === 0);
 * ```
 */
export const noToolCalls: ToolCallsState = { calls: [], choice: { message: {}, finish_reason: null } };

/**
 * Adds the tool-call fragments of a chunk to the tool calls so far.
 *
 * Fragments join by `index`, but a new id with a name at a used index is another call. Without an index they join by id;
 * without both, a name starts a call and anything else belongs to the last one. Ids and names keep the first value
 * that is not empty.
 *
 * @param state - The state so far; {@link noToolCalls} at the start.
 * @param chunk - Any chunk. One that is marked as a restart resets to {@link noToolCalls}.
 * @param options - The choice to read.
 * @returns A new state, or the same object if the chunk adds neither to the calls nor a finish reason. Its `calls` are the
 * same list for as long as they do not change.
 *
 * @example
 * ```ts
 * import { addToolCalls, noToolCalls } from 'rxjs-chat-completions';
 *
 * const deltas = [
 *   { tool_calls: [{ index: 0, id: 'call_1', function: { name: 'weather', arguments: '{"city"' } }] },
 *   { tool_calls: [{ index: 0, function: { arguments: ':"Oslo"}' } }] },
 * ];
 * const { calls } = deltas.reduce((state, delta) => addToolCalls(state, { choices: [{ delta }] }), noToolCalls);
 * console.assert(calls[0]?.arguments === '{"city":"Oslo"}' && !calls[0].complete);
 * ```
 */
export const addToolCalls: ChunkStep<ToolCallsState> = (state, chunk, { choice = 0 }: ChoiceOptions = {}) => {
  if (isRestart(chunk)) return noToolCalls;
  const next = choicesAt(chunk, choice).reduce(addEntry, state.choice);
  return next === state.choice
    ? state
    : { calls: sameWherePossible(toolCallsIn(next), state.calls), choice: next };
};

const CALL_RULES: Rules = new Map([
  ['tool_calls', joinToolCalls],
  ['function_call', joinFunctionCall],
]);

function addEntry(choice: CompletionChoice, { delta, finish_reason }: ChunkChoice): CompletionChoice {
  const message = join(choice.message ?? {}, delta ?? {}, CALL_RULES, omit);
  const reason = finish_reason || choice.finish_reason;
  return message === choice.message && reason === choice.finish_reason
    ? choice
    : { message, finish_reason: reason };
}

function sameWherePossible(
  calls: readonly AccumulatedToolCall[],
  before: readonly AccumulatedToolCall[],
): readonly AccumulatedToolCall[] {
  const same = calls.map((call, place) => {
    const known = before[place];
    return known !== undefined && isSame(call, known) ? known : call;
  });
  return same.length === before.length && same.every((call, place) => call === before[place]) ? before : same;
}

const isSame = (a: AccumulatedToolCall, b: AccumulatedToolCall): boolean =>
  a.complete === b.complete &&
  a.arguments === b.arguments &&
  a.name === b.name &&
  a.id === b.id &&
  a.type === b.type;
