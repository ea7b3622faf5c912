import type { Content, ContentPart } from '../codec/ContentPart';
import { isRestart } from '../codec/mark';
import type { ReasoningDetail } from '../codec/ReasoningDetail';
import { choicesAt, type ChoiceOptions, type ChunkReader, type ChunkStep } from './choices';
import { isThinking } from './content';
import type { List } from './LongList';
import { append, firstNonEmpty, isObject, join, type Rule, type Rules } from './join';

/** The fields of a delta or a message that may hold reasoning. */
export interface ReasoningFields {
  readonly reasoning?: string | null;
  readonly reasoning_content?: string | null;
  readonly reasoning_text?: string | null;
  readonly reasoning_details?: readonly ReasoningDetail[] | null;
  readonly content?: Content | null;
}

/**
 * Reads the reasoning of a delta or a message, whichever field holds it.
 *
 * The fields are `reasoning` (Ollama, OpenRouter, Groq), `reasoning_content` (llama.cpp, DeepSeek, vLLM), `reasoning_text`
 * (Copilot), the texts and summaries of `reasoning_details` (OpenRouter), and content parts of type `thinking` (Mistral). The first one that is not
 * empty counts: servers that send two send the same text in both.
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

/** Anthropic's is '' beside the first text and complete after the last. */
const joinSignature: Rule = (before, delta) => delta || (before ?? delta);

/**
 * Returns a rule for a list of blocks, whose fragments arrive one by one.
 *
 * @param added - Returns what a fragment adds to the last block; `undefined` for one of another block.
 */
const joinBlocks =
  <B extends object>(added: (last: B, fragment: B) => B | undefined, rules: Rules): Rule =>
  (before, delta, draft) => {
    const fragments = delta as readonly B[] | null | undefined;
    const blocks = before as List<B> | null | undefined;
    if (!fragments?.length) return blocks ?? fragments;
    let joined: List<B> = blocks ?? [];
    for (const fragment of fragments) {
      const last = joined.at(-1);
      const more = last && added(last, fragment);
      const block = last && more ? join(last, more, rules, draft) : fragment;
      if (more && block === last) continue;
      joined = draft.set(joined, more ? joined.length - 1 : joined.length, block);
    }
    return joined;
  };

/**
 * Joins the reasoning blocks of a delta to those of a message.
 *
 * A fragment belongs to the last block if it has the same type and index. Encrypted blocks arrive in one fragment.
 */
export const joinReasoningDetails: Rule = joinBlocks(
  (last: ReasoningDetail, detail: ReasoningDetail) => (continues(last, detail) ? detail : undefined),
  new Map<string, Rule>([
    ['type', firstNonEmpty],
    ['id', firstNonEmpty],
    ['format', firstNonEmpty],
    ['index', firstNonEmpty],
    ['text', append],
    ['summary', append],
    ['signature', joinSignature],
  ]),
);

const continues = (last: ReasoningDetail, { type, index, id }: ReasoningDetail): boolean =>
  (type === 'reasoning.text' || type === 'reasoning.summary') &&
  last.type === type &&
  (last.index ?? null) === (index ?? null) &&
  (!last.id || !id || last.id === id);

/** A block of Anthropic's in `thinking_blocks`, which codecs do not list. */
interface ThinkingBlock {
  readonly type?: unknown;
  readonly thinking?: unknown;
  readonly signature?: unknown;
}

/** Joins the thinking blocks of a LiteLLM proxy, which sends each fragment as a block of its own: only a whole one may go back. */
export const joinThinkingBlocks: Rule = (before, delta, draft) =>
  Array.isArray(delta) ? joinThinking(before, delta.filter(isObject), draft) : before;

const joinThinking: Rule = joinBlocks(
  moreThinking,
  new Map<string, Rule>([
    ['thinking', append],
    ['signature', joinSignature],
  ]),
);

/** A block ends with its signature, whose fragment may have all of the text again. */
function moreThinking(last: ThinkingBlock, block: ThinkingBlock): ThinkingBlock | undefined {
  if (block.type !== 'thinking' || last.type !== 'thinking' || last.signature) return undefined;
  const { thinking: text } = block;
  const { thinking: before } = last;
  return block.signature && typeof text === 'string' && typeof before === 'string' && text.startsWith(before)
    ? { ...block, thinking: text.slice(before.length) }
    : block;
}
