import type { TextPart } from './ContentPart';

/**
 * Text that much of the answer repeats, such as a file to edit.
 *
 * Tokens that match it are generated faster; predicted tokens that do not match are billed. OpenAI and Mistral.
 */
export interface Prediction {
  readonly type: 'content';
  readonly content: string | readonly TextPart[];
}
