import { isRight, right } from 'fp-ts/Either';

import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import { rawOf } from '../codec/raw';
import { decodeChunk, type Decoded } from './decode';

/**
 * Decodes the payloads of one stream, and parses their common parts only once.
 *
 * From one delta to the next, usually only the inside of one string changes: the text. If the characters before and after that
 * string equal those of the previous payload, the chunk is the previous one with another string, at a fraction of the cost of
 * `JSON.parse`.
 *
 * This is exact. JSON is context-free, so another inside of a string literal changes neither the structure nor any other value.
 * The field of the literal is verified by parsing the payload once with a probe in its place; a repeated name, or the same name
 * elsewhere, fails that test. The inserted text is the inside of a single literal: it has no quote, backslash or control
 * character, or it parses as one. And the copied chunk fits the codec without coercion, which accepts any string in these
 * places.
 */
export class TemplateDecoder {
  #template: Template | undefined;
  #last: Cut | undefined;
  /** Number of payloads in a row without a template. */
  #misses = 0;

  /**
   * Returns what {@link decodeChunk} returns for a payload. Consecutive chunks may share parts; nothing in this library mutates
   * them.
   */
  decode(payload: string): Decoded<ChatCompletionChunk> {
    if (this.#template !== undefined) {
      const text = textIn(payload, this.#template);
      if (text !== undefined) return right(fill(this.#template, text));
    }
    const decoded = decodeChunk(payload);
    // A server whose payloads differ in several places is compared now and then only.
    if (this.#misses > MAX_MISSES && this.#misses % MAX_MISSES > 1) this.#misses += 1;
    else this.#learn(payload, decoded);
    return decoded;
  }

  /** Compares a payload with the previous one: after two that differ in their text only, a third is likely. */
  #learn(payload: string, decoded: Decoded<ChatCompletionChunk>): void {
    const last = this.#last;
    const cut = isRight(decoded) ? cutAtText(payload, decoded.right) : undefined;
    const alike =
      cut !== undefined && last !== undefined && cut.before === last.before && cut.behind === last.behind;
    const compiled = alike ? compileTemplate(cut) : undefined;
    this.#misses = compiled === undefined ? this.#misses + 1 : 0;
    this.#template = compiled ?? this.#template;
    this.#last = cut;
  }
}

/** Number of misses in a row after which two payloads in as many are compared. */
const MAX_MISSES = 32;

/** A payload, split at the string literal of its text. */
interface Cut {
  readonly place: Place;
  /** Up to the opening quote, inclusive. */
  readonly before: string;
  /** From the closing quote on. */
  readonly behind: string;
}

/** A payload without its text, and the chunk that it decodes to. */
interface Template extends Cut {
  readonly chunk: ChatCompletionChunk;
  readonly choice: Choice;
  readonly delta: Delta;
}

type Choice = NonNullable<ChatCompletionChunk['choices']>[number];
type Delta = NonNullable<Choice['delta']>;

/** A field of a delta with text. */
interface Place {
  readonly name: string;
  readonly read: (delta: Delta) => unknown;
  readonly fill: (delta: Delta, text: string) => Delta;
}

/** Written out field by field: engines optimize copies with constant keys. */
const PLACES: readonly Place[] = [
  {
    name: 'content',
    read: ({ content }) => content,
    fill: (delta, content) => ({ ...delta, content }),
  },
  {
    name: 'reasoning',
    read: ({ reasoning }) => reasoning,
    fill: (delta, reasoning) => ({ ...delta, reasoning }),
  },
  {
    name: 'reasoning_content',
    read: ({ reasoning_content }) => reasoning_content,
    fill: (delta, reasoning_content) => ({ ...delta, reasoning_content }),
  },
  {
    name: 'arguments',
    read: ({ tool_calls }) => (tool_calls?.length === 1 ? tool_calls[0]?.function?.arguments : undefined),
    fill: (delta, text) => {
      const call = delta.tool_calls?.[0];
      return { ...delta, tool_calls: [{ ...call, function: { ...call?.function, arguments: text } }] };
    },
  },
];

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** Splits a payload at the text of its chunk. It may split at another field of that name, which {@link compileTemplate} detects. */
function cutAtText(payload: string, chunk: ChatCompletionChunk): Cut | undefined {
  const delta = chunk.choices?.length === 1 ? chunk.choices[0]?.delta : undefined;
  const place = delta && PLACES.find(({ read }) => isText(read(delta)));
  if (!place) return undefined;
  const name = payload.indexOf(`"${place.name}":`);
  const open = payload.indexOf('"', name + place.name.length + 3);
  if (name === -1 || open === -1) return undefined;
  let close = payload.indexOf('"', open + 1);
  while (close !== -1 && isEscaped(payload, close)) close = payload.indexOf('"', close + 1);
  if (close === -1) return undefined;
  return { place, before: payload.slice(0, open + 1), behind: payload.slice(close) };
}

/** Returns whether an odd number of backslashes precedes a character. */
function isEscaped(payload: string, at: number): boolean {
  let backslashes = 0;
  while (payload[at - 1 - backslashes] === '\\') backslashes += 1;
  return backslashes % 2 === 1;
}

const PROBE = 'a text that no model writes';

function compileTemplate(cut: Cut): Template | undefined {
  const { place, before, behind } = cut;
  const probed = decodeChunk(before + PROBE + behind);
  if (!isRight(probed)) return undefined;
  const chunk = probed.right;
  // Another text may be coerced in another way.
  if (rawOf(chunk) !== chunk) return undefined;
  const choice = chunk.choices?.[0];
  const delta = choice?.delta;
  return delta && place.read(delta) === PROBE ? { ...cut, chunk, choice, delta } : undefined;
}

/** Returns the chunk of a template with another text. */
const fill = ({ chunk, choice, delta, place }: Template, text: string): ChatCompletionChunk => ({
  ...chunk,
  choices: [{ ...choice, delta: place.fill(delta, text) }],
});

/** Text without characters that end a string literal or begin an escape. */
const PLAIN = /^[^"\\\u0000-\u001f]*$/;

/** Returns the text of a payload that fits the template, or `undefined` if anything else differs. */
function textIn(payload: string, { before, behind }: Template): string | undefined {
  const end = payload.length - behind.length;
  // Comparing slices is many times faster than startsWith and endsWith.
  if (end < before.length || payload.slice(0, before.length) !== before || payload.slice(end) !== behind)
    return undefined;
  const inside = payload.slice(before.length, end);
  if (PLAIN.test(inside)) return inside;
  try {
    return JSON.parse(`"${inside}"`) as string;
  } catch {
    return undefined; // Not the inside of a single literal: the payload is parsed.
  }
}
