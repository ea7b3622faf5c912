import type * as t from 'io-ts';

import { toCall } from './coerce';
import { reshaped } from './coerced';
import { fields } from './fields';
import type { CustomCall, FunctionCall } from './FunctionCall';
import { index } from './scalars';
import { toolCallFields } from './toolCallFields';

/**
 * A fragment of a tool call.
 *
 * The first fragment has `id` and `function.name`. `function.arguments` arrives a few characters at a time (OpenAI, llama.cpp),
 * or the complete call in one fragment (Ollama, Mistral, Gemini).
 *
 * @example
 * ```ts
 * import type { ToolCallDelta } from 'rxjs-chat-completions/codec';
 *
 * const head: ToolCallDelta = { index: 0, id: 'call_1', type: 'function', function: { name: 'weather', arguments: '' } };
 * const more: ToolCallDelta = { index: 0, function: { arguments: '{"city"' } };
 * ```
 */
export interface ToolCallDelta {
  /**
   * Links the fragments of a call, within a choice.
   *
   * Absent in complete calls (Mistral in 2024, Gemini). Always 0 with Gemini behind OpenRouter and Claude behind Copilot, so
   * a new `id` with a name begins another call.
   */
  readonly index?: number | null;
  /** In the first fragment; later `null`, `""` or the same again. */
  readonly id?: string | null;
  /** `function` or `custom`; absent at Mistral. */
  readonly type?: string | null;
  readonly function?: FunctionCall | null;
  readonly custom?: CustomCall | null;
}

/** The codec of {@link ToolCallDelta}. */
export const ToolCallDelta: t.Type<ToolCallDelta, unknown> = reshaped(
  fields(
    {
      index,
      ...toolCallFields,
    },
    'ToolCallDelta',
  ),
  toCall,
);
