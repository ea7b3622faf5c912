import type { Content } from '../codec/ContentPart';
import { markOf } from '../codec/mark';
import type { ReasoningDetail } from '../codec/ReasoningDetail';
import { choicesAt, type ChoiceOptions, type ChunkReader, type ChunkStep } from './choices';
import { isThinking } from './content';
import { append, firstNonEmpty, join, type Rule, type Rules } from './join';

/** The fields in which a delta or a message may say what the model thinks. */
export interface ReasoningFields {
  readonly reasoning?: string | null;
  readonly reasoning_content?: string | null;
  readonly reasoning_details?: readonly ReasoningDetail[] | null;
  readonly content?: Content | null;
}

/**
 * What the model thinks, according to a delta or a message, under whatever name it comes.
 *
 * `reasoning` (Ollama, OpenRouter, Groq), `reasoning_content` (llama.cpp, DeepSeek, vLLM), the texts and summaries of
 * `reasoning_details` (OpenRouter), or content parts of type `thinking` (Mistral). The first of them that says something
 * is taken: where there are two, they say the same.
 *
 * @param said - A delta, or the message of a whole completion.
 * @returns `''` where nothing is said.
 *
 * @example
 * ```ts
 * import { reasoningIn } from 'rxjs-chat-completions';
 *
 * const twice = { reasoning: 'Hm.', reasoning_details: [{ type: 'reasoning.text', text: 'Hm.' }] };
 * console.assert(reasoningIn(twice) === 'Hm.');
 * ```
 */
export const reasoningIn = (said: ReasoningFields): string =>
  said.reasoning || said.reasoning_content || detailsIn(said) || thinkingIn(said);

const detailsIn = ({ reasoning_details }: ReasoningFields): string =>
  reasoning_details?.reduce((all, { text, summary }) => all + (text ?? '') + (summary ?? ''), '') ?? '';

function thinkingIn({ content }: ReasoningFields): string {
  if (typeof content === 'string') return '';
  return content?.filter(isThinking).reduce((all, { thinking }) => all + textOf(thinking), '') ?? '';
}

const textOf = (thinking: Content | null | undefined): string =>
  typeof thinking === 'string'
    ? thinking
    : (thinking?.reduce((all, { text }) => all + (text ?? ''), '') ?? '');

/**
 * The reasoning that a chunk adds to one choice, under whatever name it comes.
 *
 * @param chunk - Any chunk, without choices or of other choices too.
 * @param options - Which of the `n` answers.
 * @returns `''` where it adds none.
 *
 * @example
 * ```ts
 * import { reasoningOf } from 'rxjs-chat-completions';
 *
 * console.assert(reasoningOf({ choices: [{ index: 0, delta: { reasoning: 'Hm', content: '' } }] }) === 'Hm');
 * ```
 */
export const reasoningOf: ChunkReader<string> = (chunk, { choice = 0 }: ChoiceOptions = {}) =>
  choicesAt(chunk, choice).reduce((text, { delta }) => text + reasoningIn(delta ?? {}), '');

/**
 * The reasoning so far, with one more chunk.
 *
 * @param text - What came before; `''` to begin with.
 * @param chunk - Any chunk. One that is marked as a restart empties the text.
 * @param options - Which of the `n` answers.
 *
 * @example
 * ```ts
 * import { addReasoning } from 'rxjs-chat-completions';
 *
 * const chunks = ['Two', ' and two'].map((reasoning) => ({ choices: [{ index: 0, delta: { reasoning } }] }));
 * console.assert(chunks.reduce(addReasoning, '') === 'Two and two');
 * ```
 */
export const addReasoning: ChunkStep<string> = (text, chunk, options?: ChoiceOptions) =>
  markOf(chunk)?.kind === 'restarted' ? '' : text + reasoningOf(chunk, options);

const DETAIL_RULES: Rules = new Map<string, Rule>([
  ['type', firstNonEmpty],
  ['id', firstNonEmpty],
  ['format', firstNonEmpty],
  ['index', firstNonEmpty],
  ['text', append],
  ['summary', append],
  // Anthropic's comes as '' with the first piece of text and whole after the last.
  ['signature', (before, piece) => piece || (before ?? piece)],
]);

/**
 * The blocks of a whole message, with further pieces.
 *
 * A piece goes on with the last block when it has the same type and index; encrypted blocks come whole.
 */
export const joinReasoningDetails: Rule = (before, piece) => {
  const pieces = piece as readonly ReasoningDetail[] | null | undefined;
  const blocks = before as readonly ReasoningDetail[] | null | undefined;
  if (!pieces?.length) return blocks ?? pieces;
  return pieces.reduce<readonly ReasoningDetail[]>(addDetail, blocks ?? []);
};

function addDetail(blocks: readonly ReasoningDetail[], detail: ReasoningDetail): readonly ReasoningDetail[] {
  const last = blocks[blocks.length - 1];
  if (last === undefined || !goesOn(last, detail)) return [...blocks, detail];
  const joined = join(last, detail, DETAIL_RULES);
  return joined === last ? blocks : [...blocks.slice(0, -1), joined];
}

const goesOn = (last: ReasoningDetail, { type, index, id }: ReasoningDetail): boolean =>
  (type === 'reasoning.text' || type === 'reasoning.summary') &&
  last.type === type &&
  (last.index ?? null) === (index ?? null) &&
  (!last.id || !id || last.id === id);
