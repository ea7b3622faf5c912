import { isRight, right } from 'fp-ts/Either';

import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import { decodeChunk, type Decoded } from './decode';

/**
 * Decodes the payloads of one stream, without parsing again what they have in common.
 *
 * From one delta to the next nearly always only the inside of one string changes: the text. When what stands before and
 * behind that string is letter for letter what stood there in the payload before, the chunk before with another string
 * in that place is the answer, at a fraction of the cost of `JSON.parse`.
 *
 * Why that is exact: JSON is context-free, so replacing the inside of one string literal by the inside of another leaves
 * the structure as it was, and every other value. Which field the literal is the value of is not guessed but tried, by
 * parsing the payload once with a probe in its place; a name that stands there twice, or the same name elsewhere, fails that
 * trial. What is put in is the inside of one literal, since it has neither quote, backslash nor control character, or else
 * parses as one by itself. And the chunk that is copied has passed the codec, which takes any string in these
 * places.
 *
 * @returns A function that says what {@link decodeChunk} says of each payload. Chunks that come one after the other
 * may share parts; nothing of this library mutates them.
 */
export function createTemplateDecoder(): (payload: string) => Decoded<ChatCompletionChunk> {
  let template: Template | undefined;
  let last: Cut | undefined;
  let misses = 0; // How many in a row were not like the one before.
  return (payload) => {
    if (template !== undefined) {
      const text = textIn(payload, template);
      if (text !== undefined) return right(template.fill(text));
    }
    const decoded = decodeChunk(payload);
    // A server that puts something new into every payload is looked at now and then only.
    if (misses > MAX_MISSES && misses % MAX_MISSES > 1) {
      misses += 1;
      return decoded;
    }
    const cut = isRight(decoded) ? cutAtText(payload, decoded.right) : undefined;
    // Two payloads that differ in their text alone promise a third.
    const alike =
      cut !== undefined && last !== undefined && cut.before === last.before && cut.behind === last.behind;
    misses = alike ? 0 : misses + 1;
    if (alike) template = compileTemplate(cut) ?? template;
    last = cut;
    return decoded;
  };
}

/** After so many unlike payloads in a row, two of as many are looked at. */
const MAX_MISSES = 32;

/** A payload without the inside of the string literal that is its text. */
interface Cut {
  readonly place: Place;
  /** Up to and with the opening quote. */
  readonly before: string;
  /** From the closing quote on. */
  readonly behind: string;
}

interface Template extends Pick<Cut, 'before' | 'behind'> {
  readonly fill: (text: string) => ChatCompletionChunk;
}

type Choice = NonNullable<ChatCompletionChunk['choices']>[number];
type Delta = NonNullable<Choice['delta']>;

/** A field of a delta that text comes in. */
interface Place {
  readonly name: string;
  readonly read: (delta: Delta) => unknown;
  readonly fill: (delta: Delta, text: string) => Delta;
}

/** Written out field by field: copies with constant keys are what engines are good at. */
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

/** Cuts a payload at the text its chunk brings. May cut at another string of that name: {@link compileTemplate} finds out. */
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

/** Whether an odd number of backslashes stands before a character. */
function isEscaped(payload: string, at: number): boolean {
  let backslashes = 0;
  while (payload[at - 1 - backslashes] === '\\') backslashes += 1;
  return backslashes % 2 === 1;
}

const PROBE = 'a text that no model has written';

function compileTemplate({ place, before, behind }: Cut): Template | undefined {
  const probed = decodeChunk(before + PROBE + behind);
  if (!isRight(probed)) return undefined;
  const chunk = probed.right;
  const choice = chunk.choices?.[0];
  const delta = choice?.delta;
  if (!delta || place.read(delta) !== PROBE) return undefined;
  return {
    before,
    behind,
    fill: (text) => ({ ...chunk, choices: [{ ...choice, delta: place.fill(delta, text) }] }),
  };
}

/** Nothing that would end a string literal or begin an escape in it. */
const PLAIN = /^[^"\\\u0000-\u001f]*$/;

/** The text that stands in a payload where the template has its gap; `undefined` when anything else differs. */
function textIn(payload: string, { before, behind }: Template): string | undefined {
  const end = payload.length - behind.length;
  // Slices compare many times as fast as startsWith and endsWith.
  if (end < before.length || payload.slice(0, before.length) !== before || payload.slice(end) !== behind)
    return undefined;
  const inside = payload.slice(before.length, end);
  if (PLAIN.test(inside)) return inside;
  try {
    return JSON.parse(`"${inside}"`) as string;
  } catch {
    return undefined; // Not the inside of one literal: the payload is parsed as a whole.
  }
}
