import type { CompletionChoice } from '../codec/ChatCompletion';
import type { ToolCall } from '../codec/ToolCall';

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
  /**
   * The text so far: JSON for a function, the plain `input` of a custom tool.
   *
   * A model may write JSON that does not parse, whatever `complete` is. `''` stands for no arguments.
   */
  readonly arguments: string;
  /**
   * Whether the call may be run: its choice has ended and was not cut off.
   *
   * Never true at `length` and `content_filter`, where the last call is incomplete, nor without a finish reason.
   */
  readonly complete: boolean;
}

/**
 * Reads the tool calls of a choice, either the sum of chunks or one of `completion$`.
 *
 * @param choice - A choice of a {@link ChatCompletion}. The `function_call` of old models is read if there are no
 * `tool_calls`.
 *
 * @example
 * ```ts
 * import { map } from 'rxjs';
 * import { completion$, toolCallsIn } from 'rxjs-chat-completions';
 *
 * completion$({}, { model: 'llama3.2', messages: [{ role: 'user', content: 'Weather in Oslo?' }] }).pipe(
 *   map(({ choices }) => choices.flatMap(toolCallsIn).filter(({ complete }) => complete)),
 * );
 * ```
 */
export function toolCallsIn({ message, finish_reason }: CompletionChoice): readonly AccumulatedToolCall[] {
  const complete = Boolean(finish_reason) && !CUT_OFF.has(finish_reason ?? '');
  const { tool_calls, function_call } = message ?? {};
  if (tool_calls?.length) return tool_calls.map((call) => read(call, complete));
  if (!function_call?.name && !function_call?.arguments) return [];
  return [read({ function: function_call }, complete)];
}

/** Finish reasons of OpenAI, OpenRouter, Mistral and DeepSeek that leave the last call incomplete. */
const CUT_OFF = new Set([
  'length',
  'content_filter',
  'error',
  'model_length',
  'insufficient_system_resource',
]);

function read(call: ToolCall, complete: boolean): AccumulatedToolCall {
  return {
    id: call.id ?? '',
    type: toolCallType(call),
    name: toolCallName(call),
    arguments: call.custom?.input || call.function?.arguments || '',
    complete,
  };
}

/** Returns the type of a call; a server that sends none means `function`, unless there is a `custom` field. */
export const toolCallType = ({ type, custom }: ToolCall): string => type || (custom ? 'custom' : 'function');

/** Returns the name of the tool; `''` if it has not been received. */
export const toolCallName = (call: ToolCall): string => call.custom?.name || call.function?.name || '';
