import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import type { ToolCall } from '../codec/ToolCall';
import type { ToolCallDelta } from '../codec/ToolCallDelta';
import { readField } from './fields';
import { startsAgain } from './joinToolCall';
import { MAX_ARRAY } from './LongList';
import type { ToolCallsState } from './ToolCallsState';

/**
 * Adds a chunk that is only more arguments of the last tool call, as nearly every one of a long call is.
 *
 * A shortcut and nothing else: the fold of all chunks returns the same for them.
 *
 * @returns `undefined` for any other chunk.
 */
export function addMoreArguments(
  state: ToolCallsState,
  { choices }: ChatCompletionChunk,
  index: number,
): ToolCallsState | undefined {
  const entry = choices?.length === 1 ? choices[0] : undefined;
  const { delta } = entry ?? {};
  const fragment = delta?.tool_calls?.length === 1 ? delta.tool_calls[0] : undefined;
  if (entry == null || fragment == null || delta?.function_call !== undefined) return undefined;
  if ((entry.index ?? 0) !== index || entry.finish_reason != null || state.reasons !== undefined)
    return undefined;
  const text = argumentsAlone(fragment);
  return text === undefined ? undefined : append(state, fragment.index, text);
}

/** Returns the arguments of a fragment that has an index and nothing else; `undefined` for any other. */
function argumentsAlone(fragment: ToolCallDelta): string | undefined {
  for (const name in fragment) {
    if (name !== 'index' && name !== 'function') return undefined;
  }
  for (const name in fragment.function) {
    if (name !== 'arguments') return undefined;
  }
  return fragment.function?.arguments || undefined;
}

function append(
  state: ToolCallsState,
  index: number | null | undefined,
  text: string,
): ToolCallsState | undefined {
  const calls = readField(state, 'calls');
  const { choice } = state;
  if (!Array.isArray(calls) || calls.length > MAX_ARRAY || calls.length - 1 !== index) return undefined;
  const last: ToolCall | undefined = choice.message?.tool_calls?.[index];
  const called = last?.function;
  const read = state.calls[index];
  if (typeof called?.arguments !== 'string' || last?.custom || read === undefined) return undefined;
  if (startsAgain(called.arguments, text)) return undefined;
  if (choice.toolCallIndexes !== undefined || choice.finish_reason !== null) return undefined;
  const joined = called.arguments + text;
  const wireCalls = choice.message?.tool_calls?.slice() ?? [];
  wireCalls[index] = { ...last, function: { ...called, arguments: joined } };
  const next = state.calls.slice();
  next[index] = { ...read, arguments: joined };
  return { calls: next, choice: { ...choice, message: { ...choice.message, tool_calls: wireCalls } } };
}
