import type { TextPart } from './ContentPart';

/**
 * Text that much of the answer will repeat, such as the file to be changed.
 *
 * Where the answer agrees with it, tokens come faster; tokens predicted in vain are billed. OpenAI and
 * Mistral.
 */
export interface Prediction {
  readonly type: 'content';
  readonly content: string | readonly TextPart[];
}
