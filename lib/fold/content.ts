import type { Content, ContentPart } from '../codec/ContentPart';
import { isRestart } from '../codec/mark';
import { choicesAt, type ChoiceOptions, type ChunkReader, type ChunkStep } from './choices';
import type { Draft } from './Draft';
import type { List } from './LongList';
import { append, join, type Rule, type Rules } from './join';

/**
 * Reads the text of a delta or a message.
 *
 * Accepts a plain string and the list of parts that Mistral's reasoning models send. Parts that are reasoning are left to
 * {@link reasoningIn}.
 *
 * @param message - A delta, or the message of a completion.
 * @returns `''` if there is none.
 *
 * @example
 * ```ts
 * import { contentIn } from 'rxjs-chat-completions/fold';
 *
 * console.assert(contentIn({ content: null }) === '');
 * console.assert(contentIn({ content: [{ type: 'text', text: 'Hi' }] }) === 'Hi');
 * ```
 */
export function contentIn({ content }: { readonly content?: Content | null }): string {
  if (typeof content === 'string') return content;
  return content?.reduce((text, part) => text + (isThinking(part) ? '' : (part.text ?? '')), '') ?? '';
}

/** Whether a part is reasoning: `thinking` (Mistral), `reasoning` (Databricks), `reasoning_text`, `thought`. */
export const isThinking = ({ type }: ContentPart): boolean => /think|reason|thought/i.test(type ?? '');

/**
 * Reads the text that a chunk adds to one choice.
 *
 * @param chunk - Any chunk.
 * @param options - The choice to read.
 * @returns `''` if it adds none.
 *
 * @example
 * ```ts
 * import { contentOf } from 'rxjs-chat-completions/fold';
 *
 * const chunk = { choices: [{ index: 1, delta: { content: 'lo' } }] };
 * console.assert(contentOf(chunk, { choice: 1 }) === 'lo');
 * console.assert(contentOf(chunk) === '');
 * ```
 */
export const contentOf: ChunkReader<string> = (chunk, { choice = 0 }: ChoiceOptions = {}) =>
  choicesAt(chunk, choice).reduce((text, { delta }) => text + contentIn(delta ?? {}), '');

/**
 * Appends the text of a chunk to the text so far.
 *
 * @param text - The text so far; `''` at the start.
 * @param chunk - Any chunk. One that is marked as a restart resets the text to `''`.
 * @param options - The choice to read.
 *
 * @example
 * ```ts
 * import { scan } from 'rxjs';
 * import { chatCompletion$, orFail } from 'rxjs-chat-completions';
 * import { addContent } from 'rxjs-chat-completions/fold';
 *
 * chatCompletion$({}, { model: 'llama3.2', messages: [{ role: 'user', content: 'Hi' }] }).pipe(
 *   orFail(),
 *   scan(addContent, ''),
 * );
 * ```
 */
export const addContent: ChunkStep<string> = (text, chunk, options?: ChoiceOptions) =>
  isRestart(chunk) ? '' : text + contentOf(chunk, options);

const THINKING_RULES: Rules = new Map([['text', append]]);
const PART_RULES: Rules = new Map<string, Rule>([
  ['text', append],
  [
    'thinking',
    (before, delta, draft) =>
      joinParts(before as string | List<ContentPart> | null, delta as Content | null, THINKING_RULES, draft),
  ],
]);

/**
 * Joins the content of a delta to the content of a message.
 *
 * Strings stay one string. Once a list of parts arrives the result is a list, in which neighbours of one type are one part,
 * as in Mistral's answers that are not streamed.
 */
export const joinContent: Rule = (before, delta, draft) =>
  joinParts(
    before as string | List<ContentPart> | null | undefined,
    delta as Content | null | undefined,
    PART_RULES,
    draft,
  );

function joinParts(
  before: string | List<ContentPart> | null | undefined,
  delta: Content | null | undefined,
  rules: Rules,
  draft: Draft,
): unknown {
  if (!delta?.length) return before ?? delta;
  if (typeof delta === 'string' && !before?.length) return delta;
  if (typeof delta === 'string' && typeof before === 'string') return before + delta;
  let parts: List<ContentPart> = typeof before === 'string' ? asParts(before) : (before ?? []);
  for (const part of asParts(delta)) {
    const last = parts.at(-1);
    const continued = last && continues(last, part) ? last : undefined;
    const joined = continued ? join(continued, part, rules, draft) : part;
    if (joined === continued) continue;
    parts = draft.set(parts, continued ? parts.length - 1 : parts.length, joined);
  }
  return parts;
}

function asParts(content: Content): readonly ContentPart[] {
  if (typeof content !== 'string') return content;
  return content === '' ? [] : [{ type: 'text', text: content }];
}

const continues = (last: ContentPart, part: ContentPart): boolean =>
  last.type === part.type && (part.type === 'text' || part.type === 'thinking');
