import type { CompletionChoice } from '../codec/ChatCompletion';
import type { ToolCall } from '../codec/ToolCall';
import { readField } from './fields';
import { isGoodFinish } from './goodFinish';
import { emptyScan, isJson, scanJson, type JsonScan } from './jsonScan';
import { arrayOf, type List } from './LongList';

/**
 * A tool call as far as it has been received.
 *
 * @example
 * ```ts
 * import type { AccumulatedToolCall } from 'rxjs-chat-completions';
 *
 * const run = ({ name, arguments: text, complete }: AccumulatedToolCall): unknown =>
 *   complete && name === 'weather' ? JSON.parse(text) : undefined;
 * ```
 */
export interface AccumulatedToolCall {
  /** The id that the tool's result refers to; `''` until it is received, and for good where a server sends none. */
  readonly id: string;
  /** `function`, or `custom` for a tool that takes free text. */
  readonly type: string;
  readonly name: string;
  /** The text so far: JSON for a function, the plain `input` of a custom tool. `''` stands for no arguments. */
  readonly arguments: string;
  /**
   * Whether the call may be run: it has a name, its choice a good finish reason, and the arguments of a function are JSON.
   *
   * Never true without a finish reason, nor at one that cuts the answer off (`length`, `content_filter`), reports a failure or
   * is unknown. See `finishKind`.
   */
  readonly complete: boolean;
}

/**
 * Reads the tool calls of a choice, either the sum of chunks or one of `completion$`.
 *
 * @param choice - A choice of a `ChatCompletion`. The `function_call` of old models is read if there are no
 * `tool_calls`.
 *
 * @example
 * ```ts
 * import { map } from 'rxjs';
 * import { completion$ } from 'rxjs-chat-completions';
 * import { toolCallsIn } from 'rxjs-chat-completions/fold';
 *
 * completion$({}, { model: 'llama3.2', messages: [{ role: 'user', content: 'Weather in Oslo?' }] }).pipe(
 *   map(({ choices }) => choices.flatMap(toolCallsIn).filter(({ complete }) => complete)),
 * );
 * ```
 */
export function toolCallsIn(choice: CompletionChoice): readonly AccumulatedToolCall[] {
  const isFinished = isGoodFinish(choice.finish_reason);
  return callsIn(choice.message).map((call) =>
    accumulatedCall(call, isFinished && isRunnable(call, scanJson(emptyScan, argumentsOf(call)))),
  );
}

/** Returns the tool calls of a message as the server sent them, with the `function_call` of old models as one of them. */
export const callsIn = (message: CompletionChoice['message']): readonly ToolCall[] =>
  arrayOf(callListIn(message));

/** Returns the same calls, a long list of them as it is. */
export function callListIn(message: CompletionChoice['message']): List<ToolCall> {
  const calls = message && (readField(message, 'tool_calls') as List<ToolCall> | null | undefined);
  if (calls?.length) return calls;
  const { function_call } = message ?? {};
  return function_call?.name || function_call?.arguments ? [{ function: function_call }] : noCalls;
}

const noCalls: readonly ToolCall[] = [];

/** Returns a tool call in the one shape for both kinds of tools. */
export const accumulatedCall = (call: ToolCall, complete: boolean): AccumulatedToolCall => ({
  id: call.id ?? '',
  type: toolCallType(call),
  name: toolCallName(call),
  arguments: argumentsOf(call),
  complete,
});

/** Whether a call has a name and its arguments have ended: those of a function as JSON, those of a custom tool with the answer. */
export function isRunnable(call: ToolCall, scan: JsonScan): boolean {
  const text = argumentsOf(call);
  if (toolCallName(call) === '') return false;
  return text === '' || toolCallType(call) === 'custom' || isJson(scan, text);
}

/** Returns the text of the arguments so far. */
export const argumentsOf = ({ custom, function: called }: ToolCall): string =>
  custom?.input || called?.arguments || '';

/** Returns the type of a call; a server that sends none means `function`, unless there is a `custom` field. */
export const toolCallType = ({ type, custom }: ToolCall): string => type || (custom ? 'custom' : 'function');

/** Returns the name of the tool; `''` if it has not been received. */
export const toolCallName = (call: ToolCall): string => call.custom?.name || call.function?.name || '';
