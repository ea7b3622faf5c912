import * as t from 'io-ts';

import { CustomCall, FunctionCall } from './FunctionCall';
import { nullable } from './nullable';

/**
 * A tool call of a whole message, as the wire has it.
 *
 * {@link toolCallsIn} reads one kind of call out of the two shapes there are, with every field in place. Fields of
 * a server's own, such as Gemini's `extra_content` with its `thought_signature`, are kept here and belong into the
 * history of the conversation.
 *
 * @example
 * ```ts
 * import type { ToolCall } from 'rxjs-chat-completions';
 *
 * const call: ToolCall = { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{}' } };
 * ```
 */
export interface ToolCall {
  /** What the answer to the call refers to; `""` with Gemini. Ollama's repeat from one answer to the next. */
  readonly id?: string | null;
  /** `function` or `custom`. */
  readonly type?: string | null;
  readonly function?: FunctionCall | null;
  readonly custom?: CustomCall | null;
}

/** The codec of {@link ToolCall}. */
export const ToolCall: t.Type<ToolCall, unknown> = t.partial(
  {
    id: nullable(t.string),
    type: nullable(t.string),
    function: nullable(FunctionCall),
    custom: nullable(CustomCall),
  },
  'ToolCall',
);
