import * as t from 'io-ts';

import { nullable } from './nullable';

/**
 * The function a model calls, or a piece of the call.
 *
 * @example
 * ```ts
 * import type { FunctionCall } from 'rxjs-chat-completions';
 *
 * const call: FunctionCall = { name: 'weather', arguments: '{"city":"Oslo"}' };
 * ```
 */
export interface FunctionCall {
  /** Whole in the first piece. Later pieces have none, `null` (Venice, Writer), `""` (Mistral) or the same again. */
  readonly name?: string | null;
  /**
   * JSON text, or a piece of it.
   *
   * `null` (Writer) or absent (Copilot) in the first piece; `""` for good where a tool has no parameters (Databricks).
   * An answer that was cut off leaves it cut off, so never take for granted that it parses.
   */
  readonly arguments?: string | null;
}

/** The codec of {@link FunctionCall}. */
export const FunctionCall: t.Type<FunctionCall, unknown> = t.partial(
  { name: nullable(t.string), arguments: nullable(t.string) },
  'FunctionCall',
);

/** The custom tool a model calls, or a piece of the call; OpenAI only. */
export interface CustomCall {
  readonly name?: string | null;
  /** Free text, or text of the tool's grammar. */
  readonly input?: string | null;
}

/** The codec of {@link CustomCall}. */
export const CustomCall: t.Type<CustomCall, unknown> = t.partial(
  { name: nullable(t.string), input: nullable(t.string) },
  'CustomCall',
);
