import type { Content, ContentPart } from '../codec/ContentPart';
import { markOf } from '../codec/mark';
import { choicesAt, type ChoiceOptions, type ChunkReader, type ChunkStep } from './choices';
import { append, join, type Rule, type Rules } from './join';

/**
 * The text that a delta or a message says.
 *
 * Reads a plain string as well as the list of parts that Mistral's reasoning models send; thinking is left out, which
 * is for {@link reasoningIn}.
 *
 * @param said - A delta, or the message of a whole completion.
 * @returns `''` where nothing is said.
 *
 * @example
 * ```ts
 * import { contentIn } from 'rxjs-chat-completions';
 *
 * console.assert(contentIn({ content: null }) === '');
 * console.assert(contentIn({ content: [{ type: 'text', text: 'Hi' }] }) === 'Hi');
 * ```
 */
export function contentIn({ content }: { readonly content?: Content | null }): string {
  if (typeof content === 'string') return content;
  return content?.reduce((text, part) => text + (isThinking(part) ? '' : (part.text ?? '')), '') ?? '';
}

/** Whether a part is what the model thinks and not what it says. */
export const isThinking = ({ type }: ContentPart): boolean => type === 'thinking';

/**
 * The text that a chunk adds to one choice.
 *
 * @param chunk - Any chunk, without choices or of other choices too.
 * @param options - Which of the `n` answers.
 * @returns `''` where it adds none.
 *
 * @example
 * ```ts
 * import { contentOf } from 'rxjs-chat-completions';
 *
 * const chunk = { choices: [{ index: 1, delta: { content: 'lo' } }] };
 * console.assert(contentOf(chunk, { choice: 1 }) === 'lo');
 * console.assert(contentOf(chunk) === '');
 * ```
 */
export const contentOf: ChunkReader<string> = (chunk, { choice = 0 }: ChoiceOptions = {}) =>
  choicesAt(chunk, choice).reduce((text, { delta }) => text + contentIn(delta ?? {}), '');

/**
 * The text so far, with one more chunk.
 *
 * @param text - What came before; `''` to begin with.
 * @param chunk - Any chunk. One that is marked as a restart empties the text.
 * @param options - Which of the `n` answers.
 *
 * @example
 * ```ts
 * import { scan } from 'rxjs';
 * import { addContent, chatCompletion$, orFail } from 'rxjs-chat-completions';
 *
 * chatCompletion$({}, { model: 'llama3.2', messages: [{ role: 'user', content: 'Hi' }] }).pipe(
 *   orFail(),
 *   scan(addContent, ''),
 * );
 * ```
 */
export const addContent: ChunkStep<string> = (text, chunk, options?: ChoiceOptions) =>
  markOf(chunk)?.kind === 'restarted' ? '' : text + contentOf(chunk, options);

const THINKING_RULES: Rules = new Map([['text', append]]);
const PART_RULES: Rules = new Map<string, Rule>([
  ['text', append],
  [
    'thinking',
    (before, piece) => joinParts(before as Content | null, piece as Content | null, THINKING_RULES),
  ],
]);

/**
 * The content of a whole message, with one more piece.
 *
 * Strings stay a string for as long as nothing else comes; then it is a list, in which neighbours of one kind are one
 * part, as in Mistral's answers that are not streamed.
 */
export const joinContent: Rule = (before, piece) =>
  joinParts(before as Content | null | undefined, piece as Content | null | undefined, PART_RULES);

function joinParts(
  before: Content | null | undefined,
  piece: Content | null | undefined,
  rules: Rules,
): unknown {
  if (!piece?.length) return before ?? piece;
  if (typeof piece === 'string' && !before?.length) return piece;
  if (typeof piece === 'string' && typeof before === 'string') return before + piece;
  return asParts(piece).reduce((parts, part) => addPart(parts, part, rules), asParts(before));
}

function addPart(parts: readonly ContentPart[], part: ContentPart, rules: Rules): readonly ContentPart[] {
  const last = parts[parts.length - 1];
  return last !== undefined && goesOn(last, part)
    ? [...parts.slice(0, -1), join(last, part, rules)]
    : [...parts, part];
}

function asParts(content: Content | null | undefined): readonly ContentPart[] {
  if (typeof content !== 'string') return content ?? [];
  return content === '' ? [] : [{ type: 'text', text: content }];
}

const goesOn = (last: ContentPart, part: ContentPart): boolean =>
  last.type === part.type && (part.type === 'text' || part.type === 'thinking');
