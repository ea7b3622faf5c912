import { isRight } from 'fp-ts/Either';

import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import { rawOf } from '../codec/raw';
import { copierOf, type Copier } from './copierOf';
import { decodeChunk } from './decode';
import { NUMBER, STRING, type LiteralKind } from './literal';

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };
type Chunk = Mutable<ChatCompletionChunk> & { p?: unknown };
type Choice = Mutable<NonNullable<ChatCompletionChunk['choices']>[number]>;
type Delta = Mutable<NonNullable<Choice['delta']>>;

/** A field of a chunk or of its delta whose value changes from one payload to the next. */
interface Field {
  readonly name: string;
  readonly kind: LiteralKind;
  readonly get: (chunk: Chunk, delta: Delta) => unknown;
  /** Sets the value in a copy of a chunk. */
  readonly set: (chunk: Chunk, delta: Delta, value: never) => void;
}

/** The fields of a delta with text. Each sets a constant name, which engines optimize. */
const TEXTS: readonly Field[] = [
  textField('content', (_, delta, text) => {
    delta.content = text;
  }),
  textField('reasoning', (_, delta, text) => {
    delta.reasoning = text;
  }),
  textField('reasoning_content', (_, delta, text) => {
    delta.reasoning_content = text;
  }),
  {
    // Of a single call.
    name: 'arguments',
    kind: STRING,
    get: (_, { tool_calls: calls }) => (calls?.length === 1 ? calls[0]?.function?.arguments : undefined),
    set: (_, delta, text: string) => {
      const call = delta.tool_calls?.[0];
      delta.tool_calls = [{ ...call, function: { ...call?.function, arguments: text } }];
    },
  },
];

function textField(
  name: 'content' | 'reasoning' | 'reasoning_content',
  set: (chunk: Chunk, delta: Delta, text: string) => void,
): Field {
  return { name, kind: STRING, get: (_, delta) => delta[name], set };
}

/** Reasoning in a second spelling (OpenRouter), an id for each chunk, a time that moves on, and padding (OpenAI, Mistral). */
const SIDES: readonly Field[] = [
  {
    name: 'text',
    kind: STRING,
    get: (_, { reasoning_details: details }) => (details?.length === 1 ? details[0]?.text : undefined),
    set: (_, delta, text: string) => {
      delta.reasoning_details = [{ ...delta.reasoning_details?.[0], text }];
    },
  },
  chunkField('id', STRING),
  chunkField('created', NUMBER),
  chunkField('obfuscation', STRING),
  chunkField('p', STRING),
];

function chunkField(name: 'id' | 'created' | 'obfuscation' | 'p', kind: LiteralKind): Field {
  return {
    name,
    kind,
    get: (chunk) => chunk[name],
    set: (chunk, _, value) => {
      chunk[name] = value;
    },
  };
}

/** A payload, and the places of its text and of its side fields in it. */
export interface Cut {
  readonly payload: string;
  readonly text: Field;
  /** In the order of the payload. */
  readonly spans: readonly Span[];
}

/** A field and the place of its inside in a payload. */
interface Span {
  readonly field: Field;
  readonly start: number;
  readonly end: number;
}

/**
 * Finds the text of a chunk and its side fields in a payload.
 *
 * It may find another field of that name, which {@link compileTemplate} detects.
 */
export function cutAtText(payload: string, chunk: ChatCompletionChunk): Cut | undefined {
  const delta = chunk.choices?.length === 1 ? chunk.choices[0]?.delta : undefined;
  const text = delta && TEXTS.find(({ get }) => isText(get(chunk, delta)));
  const span = text && spanOf(payload, text);
  if (!span) return undefined;
  const spans = [span];
  for (const side of SIDES) {
    const found = side.get(chunk, delta) ? spanOf(payload, side) : undefined;
    if (found) spans.push(found);
  }
  spans.sort((a, b) => a.start - b.start);
  return { payload, text, spans };
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

function spanOf(payload: string, field: Field): Span | undefined {
  const name = `"${field.name}":`;
  const at = payload.indexOf(name);
  const start = at === -1 ? -1 : field.kind.startOf(payload, at + name.length);
  const end = start === -1 ? -1 : field.kind.endOf(payload, start);
  return end === -1 ? undefined : { field, start, end };
}

/** A payload without the values that change, and the chunk that it decodes to. */
export interface Template {
  readonly holes: readonly Hole[];
  /** The characters behind the last hole. */
  readonly behind: string;
  readonly chunk: Part<Chunk>;
  readonly choice: Part<Choice>;
  readonly delta: Part<Delta>;
}

/** An object of a chunk, and the function that copies it. */
interface Part<T extends object> {
  readonly value: T;
  readonly copy: Copier;
}

const partOf = <T extends object>(value: T): Part<T> => ({ value, copy: copierOf(value) });

/** The place of a value that changes. */
interface Hole {
  readonly field: Field;
  /** The characters from the hole before it, or from the start. */
  readonly before: string;
}

/** Compiles two payloads that differ in their text and side fields only. Returns `undefined` for any others. */
export function compileTemplate(last: Cut | undefined, cut: Cut): Template | undefined {
  const { payload, text, spans } = cut;
  if (last?.spans.length !== spans.length) return undefined;
  const holes: Hole[] = [];
  let before = '';
  let end = 0;
  let lastEnd = 0;
  for (let i = 0; i < spans.length; i += 1) {
    const span = spans[i] as Span;
    const lastSpan = last.spans[i] as Span;
    const fixed = payload.slice(end, span.start);
    if (span.field !== lastSpan.field || last.payload.slice(lastEnd, lastSpan.start) !== fixed)
      return undefined;
    ({ end } = span);
    lastEnd = lastSpan.end;
    before += fixed;
    const inside = payload.slice(span.start, end);
    if (span.field === text || last.payload.slice(lastSpan.start, lastEnd) !== inside) {
      holes.push({ field: span.field, before });
      before = '';
    } else before += inside;
  }
  const behind = payload.slice(end);
  return last.payload.slice(lastEnd) === behind ? probed(holes, before + behind) : undefined;
}

/** Verifies the fields of the holes: parses the payload once with a probe in each. */
function probed(holes: readonly Hole[], behind: string): Template | undefined {
  const payload = holes.map(({ field, before }, i) => before + String(probeOf(field, i))).join('') + behind;
  const decoded = decodeChunk(payload);
  if (!isRight(decoded)) return undefined;
  const chunk = decoded.right;
  // Another text may be coerced in another way.
  if (rawOf(chunk) !== chunk) return undefined;
  const choice = chunk.choices?.[0];
  const delta = choice?.delta;
  if (!delta) return undefined;
  const isProbe = ({ field }: Hole, i: number): boolean => field.get(chunk, delta) === probeOf(field, i);
  return holes.every(isProbe)
    ? { holes, behind, chunk: partOf(chunk), choice: partOf(choice), delta: partOf(delta) }
    : undefined;
}

const probeOf = ({ kind }: Field, i: number): string | number =>
  kind === NUMBER ? 123_456_789 + i : `a text that no model writes ${i}`;

/** Returns the chunk of a payload that fits a template, or `undefined` if anything else differs. */
export function decodeByTemplate(payload: string, template: Template): ChatCompletionChunk | undefined {
  const { holes, behind } = template;
  const values = new Array<string | number>(holes.length);
  let at = 0;
  for (let i = 0; i < holes.length; i += 1) {
    const { before, field } = holes[i] as Hole;
    const start = at + before.length;
    // Comparing slices is many times faster than startsWith and endsWith.
    if (payload.slice(at, start) !== before) return undefined;
    at = i === holes.length - 1 ? payload.length - behind.length : field.kind.endOf(payload, start);
    const value = at < start ? undefined : field.kind.read(payload.slice(start, at));
    if (value === undefined) return undefined;
    values[i] = value;
  }
  return payload.slice(at) === behind ? fill(template, values) : undefined;
}

/** Returns the chunk of a template with other values. */
function fill(
  { holes, chunk, choice, delta }: Template,
  values: ReadonlyArray<string | number>,
): ChatCompletionChunk {
  const chunkCopy = chunk.copy(chunk.value);
  const choiceCopy = choice.copy(choice.value);
  const deltaCopy = delta.copy(delta.value);
  choiceCopy.delta = deltaCopy;
  chunkCopy.choices = [choiceCopy];
  for (let i = 0; i < holes.length; i += 1) {
    (holes[i] as Hole).field.set(chunkCopy, deltaCopy, values[i] as never);
  }
  return chunkCopy;
}
