import type { ContentPart } from '../codec/ContentPart';
import { isRestart } from '../codec/mark';
import type { MessageFields } from '../codec/MessageFields';
import { choicesAt, type ChoiceOptions, type ChunkReader, type ChunkStep } from './choices';
import { isThinking } from './content';

/** The fields of a delta or a message that may hold reasoning. */
export type ReasoningFields = Pick<
  MessageFields,
  'reasoning' | 'reasoning_content' | 'reasoning_text' | 'thinking' | 'reasoning_details' | 'content'
>;

/**
 * Reads the reasoning of a delta or a message, whichever field holds it.
 *
 * The fields are `reasoning` (Ollama, OpenRouter, Groq), `reasoning_content` (llama.cpp, DeepSeek, vLLM), `reasoning_text`
 * (Copilot), `thinking` (gateways), the texts and summaries of `reasoning_details` (OpenRouter), and content parts of type `thinking`
 * (Mistral). The first one that is not empty counts: servers that send two send the same text in both.
 *
 * @param message - A delta, or the message of a completion.
 * @returns `''` if there is none.
 *
 * @example
 * ```ts
 * import { reasoningIn } from 'rxjs-chat-completions/fold';
 *
 * const twice = { reasoning: 'Hm.', reasoning_details: [{ type: 'reasoning.text', text: 'Hm.' }] };
 * console.assert(reasoningIn(twice) === 'Hm.');
 * ```
 */
export const reasoningIn = (message: ReasoningFields): string =>
  message.reasoning ||
  message.reasoning_content ||
  message.reasoning_text ||
  message.thinking ||
  detailsIn(message) ||
  thinkingIn(message);

const detailsIn = ({ reasoning_details }: ReasoningFields): string =>
  reasoning_details?.reduce((all, { text, summary }) => all + (text ?? '') + (summary ?? ''), '') ?? '';

function thinkingIn({ content }: ReasoningFields): string {
  if (typeof content === 'string') return '';
  return content?.filter(isThinking).reduce((all, part) => all + thinkingOf(part), '') ?? '';
}

/** The text of a part that is reasoning; Databricks sends a list of summaries. */
const thinkingOf = ({ thinking, text, reasoning, summary }: ContentPart & UnlistedFields): string =>
  [thinking, text, reasoning, summary].map(textOf).find(Boolean) ?? '';

interface UnlistedFields {
  readonly reasoning?: unknown;
  readonly summary?: unknown;
}

function textOf(thinking: unknown): string {
  if (typeof thinking === 'string') return thinking;
  if (!Array.isArray(thinking)) return '';
  return thinking.map((item) => textOf((Object(item) as ContentPart).text)).join('');
}

/**
 * Reads the reasoning that a chunk adds to one choice, whichever field holds it.
 *
 * @param chunk - Any chunk.
 * @param options - The choice to read.
 * @returns `''` if it adds none.
 *
 * @example
 * ```ts
 * import { reasoningOf } from 'rxjs-chat-completions/fold';
 *
 * console.assert(reasoningOf({ choices: [{ index: 0, delta: { reasoning: 'Hm', content: '' } }] }) === 'Hm');
 * ```
 */
export const reasoningOf: ChunkReader<string> = (chunk, { choice = 0 }: ChoiceOptions = {}) =>
  choicesAt(chunk, choice).reduce((text, { delta }) => text + reasoningIn(delta ?? {}), '');

/**
 * Appends the reasoning of a chunk to the reasoning so far.
 *
 * @param text - The reasoning so far; `''` at the start.
 * @param chunk - Any chunk. One that is marked as a restart resets the text to `''`.
 * @param options - The choice to read.
 *
 * @example
 * ```ts
 * import { addReasoning } from 'rxjs-chat-completions/fold';
 *
 * const chunks = ['Two', ' and two'].map((reasoning) => ({ choices: [{ index: 0, delta: { reasoning } }] }));
 * console.assert(chunks.reduce(addReasoning, '') === 'Two and two');
 * ```
 */
export const addReasoning: ChunkStep<string> = (text, chunk, options?: ChoiceOptions) =>
  isRestart(chunk) ? '' : text + reasoningOf(chunk, options);
