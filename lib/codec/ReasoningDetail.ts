import * as t from 'io-ts';

import { nullable } from './nullable';

/**
 * A block of what the model thought, as OpenRouter and the gateways that follow it send it.
 *
 * Beside `reasoning` or `reasoning_content` it carries the same text once more. A block has to go back to the
 * server unchanged when a conversation goes on after a tool call: some are signed, some encrypted.
 *
 * @example
 * ```ts
 * import { reasoningIn, type ReasoningDetail } from 'rxjs-chat-completions';
 *
 * const reasoning_details: readonly ReasoningDetail[] = [
 *   { type: 'reasoning.text', text: 'Two and two.', format: 'unknown', index: 0 },
 * ];
 * console.assert(reasoningIn({ reasoning_details }) === 'Two and two.');
 * ```
 */
export interface ReasoningDetail {
  /** `reasoning.text`, `reasoning.summary` or `reasoning.encrypted`. */
  readonly type?: string | null;
  /** What a `reasoning.text` says. */
  readonly text?: string | null;
  /** What a `reasoning.summary` says. */
  readonly summary?: string | null;
  /** What a `reasoning.encrypted` holds, readable for the server only. */
  readonly data?: string | null;
  /** Proves that the text is the model's own; Anthropic's models. Comes after the text, in a piece of its own. */
  readonly signature?: string | null;
  readonly id?: string | null;
  /** Whose format the block has: `anthropic-claude-v1`, `openai-responses-v1`, `unknown`, … */
  readonly format?: string | null;
  /** Ties the pieces of one block together. */
  readonly index?: number | null;
}

/** The codec of {@link ReasoningDetail}. */
export const ReasoningDetail: t.Type<ReasoningDetail, unknown> = t.partial(
  {
    type: nullable(t.string),
    text: nullable(t.string),
    summary: nullable(t.string),
    data: nullable(t.string),
    signature: nullable(t.string),
    id: nullable(t.string),
    format: nullable(t.string),
    index: nullable(t.number),
  },
  'ReasoningDetail',
);
