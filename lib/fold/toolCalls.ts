import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import type { ChunkChoice } from '../codec/ChunkChoice';
import { isRestart } from '../codec/mark';
import {
  accumulatedCall,
  argumentsOf,
  callListIn,
  isRunnable,
  type AccumulatedToolCall,
} from './AccumulatedToolCall';
import { choicesAt, type ChoiceOptions, type ChunkStep } from './choices';
import { Draft } from './Draft';
import { readField, writeField } from './fields';
import { isGoodFinish } from './goodFinish';
import { isFinishReason } from './isFinishReason';
import { omit, type Rules } from './join';
import { joinedWithIndexes, joinMessage, type FoldedChoice } from './joinMessage';
import { joinFunctionCall } from './joinToolCall';
import type { OnFragment } from './joinToolCalls';
import { emptyScan, scanJson, type JsonScan } from './jsonScan';
import { arrayOf, type List } from './LongList';
import { addMoreArguments } from './moreArguments';
import type { ToolCallsState } from './ToolCallsState';

/**
 * The state before the first chunk.
 *
 * @example
 * ```ts
 * import { noToolCalls } from 'rxjs-chat-completions/fold';
 *
 * console.assert(noToolCalls.calls.length === 0);
 * ```
 */
export const noToolCalls: ToolCallsState = { calls: [], choice: { message: {}, finish_reason: null } };

/**
 * Adds the tool-call fragments of a chunk to the tool calls so far.
 *
 * Fragments join by `index`, but a new id with a name at a used index is another call. Without an index they join by id;
 * without both, a name starts a call and anything else belongs to the last one. Ids keep the first value that is not empty,
 * and names and arguments that are sent again count once.
 *
 * @param state - The state so far; {@link noToolCalls} at the start.
 * @param chunk - Any chunk. One that is marked as a restart resets to {@link noToolCalls}.
 * @param options - The choice to read.
 * @returns A new state, or the same object if the chunk adds neither to the calls nor a finish reason. Its `calls` are the
 * same list for as long as they do not change.
 *
 * @example
 * ```ts
 * import { addToolCalls, noToolCalls } from 'rxjs-chat-completions/fold';
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
  return addMoreArguments(state, chunk, choice) ?? addFragments(state, chunk, choice);
};

/** Adds any chunk. */
export function addFragments(
  state: ToolCallsState,
  chunk: ChatCompletionChunk,
  choice: number,
): ToolCallsState {
  const entries = choicesAt(chunk, choice);
  if (!entries.some(concernsCalls)) return state;
  const draft = new Draft();
  const added = new Map<number, string>();
  const onFragment: OnFragment = (place, text) => added.set(place, (added.get(place) ?? '') + text);
  let next = state.choice;
  for (const { delta, finish_reason } of entries) {
    if (delta?.function_call && !readField(next.message ?? {}, 'tool_calls'))
      onFragment(0, delta.function_call.arguments ?? '');
    if (delta?.tool_calls || delta?.function_call) {
      next = joinMessage(next, delta, CALL_RULES, draft, omit, onFragment);
    }
    if (!isFinishReason(finish_reason) || finish_reason === next.finish_reason) continue;
    const copy = draft.object(next);
    copy['finish_reason'] = finish_reason;
    next = copy;
  }
  return next === state.choice ? state : readCalls(state, next, added, draft);
}

const concernsCalls = ({ delta, finish_reason }: ChunkChoice): boolean =>
  Boolean(delta?.tool_calls ?? delta?.function_call ?? finish_reason);

const CALL_RULES: Rules = new Map([
  ['tool_calls', joinedWithIndexes],
  ['function_call', joinFunctionCall],
]);

/** The most finish reasons of a choice that count: each one reads all calls again. After that no call is complete. */
const MAX_REASONS = 16;

/**
 * Reads the calls that have changed; all of them at a finish reason.
 *
 * @param added - The text of the fragments of each call that has changed.
 */
function readCalls(
  state: ToolCallsState,
  choice: FoldedChoice,
  added: ReadonlyMap<number, string>,
  draft: Draft,
): ToolCallsState {
  const isSameReason = choice.finish_reason === state.choice.finish_reason;
  const reasons = (state.reasons ?? 0) + (isSameReason ? 0 : 1);
  const isFinished = reasons <= MAX_REASONS && isGoodFinish(choice.finish_reason);
  const wireCalls = callListIn(choice.message);
  let calls = readField(state, 'calls') as List<AccumulatedToolCall>;
  let scans = ((isSameReason && readField(state, 'scans')) || []) as List<JsonScan>;
  const places = isSameReason || reasons > MAX_REASONS + 1 ? added.keys() : arrayOf(wireCalls).keys();
  for (const place of places) {
    const call = wireCalls.at(place);
    if (call === undefined) continue;
    let complete = false;
    if (isFinished) {
      const scan = scanJson(scans.at(place) ?? emptyScan, argumentsOf(call), added.get(place));
      scans = draft.set(scans, place, scan);
      complete = isRunnable(call, scan);
    }
    const read = accumulatedCall(call, complete);
    if (!isSame(read, calls.at(place))) calls = draft.set(calls, place, read);
  }
  const next = {};
  writeField(next, 'calls', calls);
  writeField(next, 'choice', choice);
  if (scans.length > 0) writeField(next, 'scans', scans);
  if (reasons > 0) writeField(next, 'reasons', reasons);
  return next as ToolCallsState;
}

const isSame = (a: AccumulatedToolCall, b: AccumulatedToolCall | undefined): boolean =>
  a.complete === b?.complete &&
  a.arguments === b.arguments &&
  a.name === b.name &&
  a.id === b.id &&
  a.type === b.type;
