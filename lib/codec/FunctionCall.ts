import type * as t from 'io-ts';

import { toJsonText } from './coerce';
import { coerced } from './coerced';
import { fields } from './fields';
import { nullableText } from './nullable';
import { label } from './scalars';

/**
 * A function call, or a fragment of one.
 *
 * @example
 * ```ts
 * import type { FunctionCall } from 'rxjs-chat-completions/codec';
 *
 * const call: FunctionCall = { name: 'weather', arguments: '{"city":"Oslo"}' };
 * ```
 */
export interface FunctionCall {
  /** Complete in the first fragment. Later ones have none, `null` (Venice, Writer), `""` (Mistral) or the same again. */
  readonly name?: string | null;
  /**
   * JSON text, or a fragment of it.
   *
   * `null` (Writer) or absent (Copilot) in the first fragment; always `""` for a tool without parameters (Databricks). The
   * text of a truncated answer does not parse.
   */
  readonly arguments?: string | null;
}

/** The codec of {@link FunctionCall}. */
export const FunctionCall: t.Type<FunctionCall, unknown> = fields(
  { name: label, arguments: coerced(nullableText, toJsonText) },
  'FunctionCall',
);

/** A call of a custom tool, or a fragment of one; OpenAI only. */
export interface CustomCall {
  readonly name?: string | null;
  /** Free text, or text of the tool's grammar. */
  readonly input?: string | null;
}

/** The codec of {@link CustomCall}. */
export const CustomCall: t.Type<CustomCall, unknown> = fields(
  { name: label, input: coerced(nullableText, toJsonText) },
  'CustomCall',
);
