import * as t from 'io-ts';

import { CustomCall, FunctionCall } from './FunctionCall';
import { nullable } from './nullable';

/**
 * A piece of a tool call that the model is still writing.
 *
 * `id` and `function.name` come with the first piece, `function.arguments` a few characters at a time (OpenAI,
 * llama.cpp), or the whole call in one piece (Ollama, Mistral, Gemini).
 *
 * @example
 * ```ts
 * import type { ToolCallDelta } from 'rxjs-chat-completions';
 *
 * const head: ToolCallDelta = { index: 0, id: 'call_1', type: 'function', function: { name: 'weather', arguments: '' } };
 * const more: ToolCallDelta = { index: 0, function: { arguments: '{"city"' } };
 * ```
 */
export interface ToolCallDelta {
  /**
   * Ties the pieces of one call together, within a choice.
   *
   * Absent where a call comes whole (Mistral in 2024, Gemini). Gemini behind OpenRouter and Claude behind Copilot give
   * 0 to every call, so a new `id` with a name is another call.
   */
  readonly index?: number | null;
  /** In the first piece; later `null`, `""` or the same again. */
  readonly id?: string | null;
  /** `function` or `custom`; Mistral leaves it out. */
  readonly type?: string | null;
  readonly function?: FunctionCall | null;
  readonly custom?: CustomCall | null;
}

/** The codec of {@link ToolCallDelta}. */
export const ToolCallDelta: t.Type<ToolCallDelta, unknown> = t.partial(
  {
    index: nullable(t.number),
    id: nullable(t.string),
    type: nullable(t.string),
    function: nullable(FunctionCall),
    custom: nullable(CustomCall),
  },
  'ToolCallDelta',
);
