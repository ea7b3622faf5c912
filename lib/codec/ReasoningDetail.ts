import type * as t from 'io-ts';

import { fields } from './fields';
import { lenientNumber, lenientText, sideText } from './scalars';

/**
 * A block of reasoning, in the format of OpenRouter.
 *
 * It repeats the text of `reasoning` or `reasoning_content`. The next request after a tool call must contain the received blocks
 * unchanged: some are signed, some encrypted.
 *
 * @example
 * ```ts
 * import type { ReasoningDetail } from 'rxjs-chat-completions/codec';
 * import { reasoningIn } from 'rxjs-chat-completions/fold';
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
  /** Text of a `reasoning.text`. */
  readonly text?: string | null;
  /** Text of a `reasoning.summary`. */
  readonly summary?: string | null;
  /** Data of a `reasoning.encrypted`, readable by the server only. */
  readonly data?: string | null;
  /** Signature of the text; Anthropic's models. Arrives after the text, in a separate fragment. */
  readonly signature?: string | null;
  readonly id?: string | null;
  /** Format of the block: `anthropic-claude-v1`, `openai-responses-v1`, `unknown`, … */
  readonly format?: string | null;
  /** Links the fragments of a block. */
  readonly index?: number | null;
}

/** The codec of {@link ReasoningDetail}. */
export const ReasoningDetail: t.Type<ReasoningDetail, unknown> = fields(
  {
    type: lenientText,
    text: sideText,
    summary: sideText,
    data: lenientText,
    signature: lenientText,
    id: lenientText,
    format: lenientText,
    index: lenientNumber,
  },
  'ReasoningDetail',
);
