import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';

/**
 * Writes the chunks of one answer as JSON, and the parts that they share only once.
 *
 * From one delta to the next, usually only the text changes. If all else is the same value as in an earlier chunk, the JSON is that of
 * the earlier chunk with another text, at a fraction of the cost of `JSON.stringify`.
 */
export class ChunkJson {
  readonly #shape: (chunk: ChatCompletionChunk) => ChatCompletionChunk;
  #template: Template | undefined;
  /** Templates that may still be made. A server whose chunks differ in other places gets no more. */
  #left = 8;

  /** @param shape - Returns what is written of a chunk; the same for chunks with the same fields, after the first. */
  constructor(shape: (chunk: ChatCompletionChunk) => ChatCompletionChunk) {
    this.#shape = shape;
  }

  write(chunk: ChatCompletionChunk): string {
    const template = this.#template;
    if (template !== undefined && fits(chunk, template)) {
      return template.before + JSON.stringify(chunk.choices?.[0]?.delta?.content) + template.behind;
    }
    const json = JSON.stringify(this.#shape(chunk));
    if (this.#left > 0 && isTextOnly(chunk)) {
      this.#left -= 1;
      this.#template = templateOf(chunk, this.#shape);
    }
    return json;
  }
}

/** A chunk, and its JSON before and behind the text. */
interface Template {
  readonly chunk: ChatCompletionChunk;
  readonly before: string;
  readonly behind: string;
}

const PROBE = 'a text that no model writes';

function templateOf(
  chunk: ChatCompletionChunk,
  shape: (chunk: ChatCompletionChunk) => ChatCompletionChunk,
): Template | undefined {
  const choices = [{ ...chunk.choices?.[0], delta: { content: PROBE } }];
  const [before = '', behind, other] = JSON.stringify(shape({ ...chunk, choices })).split(`"${PROBE}"`);
  return behind === undefined || other !== undefined ? undefined : { chunk, before, behind };
}

/** Whether a chunk is a template with another text: the same fields in the same order. */
const fits = (chunk: ChatCompletionChunk, { chunk: other }: Template): boolean =>
  isTextOnly(chunk) &&
  hasSame(chunk, other, 'choices') &&
  hasSame(chunk.choices?.[0], other.choices?.[0], 'delta');

/** Whether a chunk has one choice, whose delta is text and nothing else. */
function isTextOnly({ choices }: ChatCompletionChunk): boolean {
  const delta = choices?.length === 1 ? choices[0]?.delta : undefined;
  if (typeof delta?.content !== 'string') return false;
  for (const name in delta) if (name !== 'content') return false;
  return true;
}

/** Whether two objects have the same fields in the same order, and the same values but for one field. */
function hasSame(one: object | undefined, other: object | undefined, except: string): boolean {
  const [a, b] = [one, other] as ReadonlyArray<Readonly<Record<string, unknown>>>;
  const names = Object.keys(b ?? {});
  let i = 0;
  for (const name in a) {
    if (names[i] !== name || (name !== except && a[name] !== b?.[name])) return false;
    i += 1;
  }
  return i === names.length;
}
