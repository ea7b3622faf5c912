import type * as t from 'io-ts';

import { toCall } from './coerce';
import { reshaped } from './coerced';
import { fields } from './fields';
import type { CustomCall, FunctionCall } from './FunctionCall';
import { toolCallFields } from './toolCallFields';

/**
 * A tool call of a message, as the server sends it.
 *
 * `toolCallsIn` reads both of its shapes, with every field set. Unknown fields, such as Gemini's `extra_content` with its
 * `thought_signature`, are kept and belong in the history of the conversation.
 *
 * @example
 * ```ts
 * import type { ToolCall } from 'rxjs-chat-completions';
 *
 * const call: ToolCall = { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{}' } };
 * ```
 */
export interface ToolCall {
  /** Id that the result of the call refers to; `""` with Gemini. Ollama's ids repeat from one answer to the next. */
  readonly id?: string | null;
  /** `function` or `custom`. */
  readonly type?: string | null;
  readonly function?: FunctionCall | null;
  readonly custom?: CustomCall | null;
}

/** The codec of {@link ToolCall}. */
export const ToolCall: t.Type<ToolCall, unknown> = reshaped(fields(toolCallFields, 'ToolCall'), toCall);
