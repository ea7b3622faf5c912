import { isRight } from 'fp-ts/Either';

import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import { rawOf } from '../codec/raw';
import { decodeChunk } from './decode';
import { NUMBER, STRING, type LiteralKind } from './literal';

type Choice = NonNullable<ChatCompletionChunk['choices']>[number];
type Delta = NonNullable<Choice['delta']>;
type Copy = { -readonly [Name in keyof ChatCompletionChunk]: ChatCompletionChunk[Name] } & { p?: unknown };

/** A field of a delta with text. */
interface TextField {
  readonly name: 'content' | 'reasoning' | 'reasoning_content' | 'arguments';
  readonly kind: LiteralKind;
  readonly fill: (delta: Delta, text: string) => Delta;
}

/** A field of a chunk whose value may change from one payload to the next. */
interface SideField {
  readonly name: 'id' | 'created' | 'obfuscation' | 'p';
  readonly kind: LiteralKind;
}

/** Written out field by field: engines optimize copies with constant keys. */
const TEXTS: readonly TextField[] = [
  { name: 'content', kind: STRING, fill: (delta, content) => ({ ...delta, content }) },
  { name: 'reasoning', kind: STRING, fill: (delta, reasoning) => ({ ...delta, reasoning }) },
  {
    name: 'reasoning_content',
    kind: STRING,
    fill: (delta, reasoning_content) => ({ ...delta, reasoning_content }),
  },
  {
    name: 'arguments',
    kind: STRING,
    fill: (delta, text) => {
      const call = delta.tool_calls?.[0];
      return { ...delta, tool_calls: [{ ...call, function: { ...call?.function, arguments: text } }] };
    },
  },
];

/** Padding in each chunk (OpenAI, Mistral), an id for each chunk, and a time that moves on. */
const SIDES: readonly SideField[] = [
  { name: 'id', kind: STRING },
  { name: 'created', kind: NUMBER },
  { name: 'obfuscation', kind: STRING },
  { name: 'p', kind: STRING },
];

/** Returns the value of a text field. Arguments are those of a single call. */
const textIn = (delta: Delta, { name }: TextField): unknown =>
  name !== 'arguments'
    ? delta[name]
    : delta.tool_calls?.length === 1
      ? delta.tool_calls[0]?.function?.arguments
      : undefined;

/** A payload, and the places of its text and of its side fields in it. */
export interface Cut {
  readonly payload: string;
  readonly text: TextField;
  /** In the order of the payload. */
  readonly spans: readonly Span[];
}

/** A field and the place of its inside in a payload. */
interface Span {
  readonly field: TextField | SideField;
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
  const text = delta && TEXTS.find((field) => isText(textIn(delta, field)));
  const span = text && spanOf(payload, text);
  if (!span) return undefined;
  const spans = [span];
  for (const side of SIDES) {
    const found = (chunk as Copy)[side.name] ? spanOf(payload, side) : undefined;
    if (found) spans.push(found);
  }
  spans.sort((a, b) => a.start - b.start);
  return { payload, text, spans };
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

function spanOf(payload: string, field: TextField | SideField): Span | undefined {
  const name = `"${field.name}":`;
  const at = payload.indexOf(name);
  const start = at === -1 ? -1 : field.kind.startOf(payload, at + name.length);
  const end = start === -1 ? -1 : field.kind.endOf(payload, start);
  return end === -1 ? undefined : { field, start, end };
}

/** A payload without the values that change, and the chunk that it decodes to. */
export interface Template {
  readonly text: TextField;
  readonly holes: readonly Hole[];
  /** The characters behind the last hole. */
  readonly behind: string;
  readonly chunk: ChatCompletionChunk;
  readonly choice: Choice;
  readonly delta: Delta;
}

/** The place of a value that changes. */
interface Hole {
  readonly field: TextField | SideField;
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
  return last.payload.slice(lastEnd) === behind ? probed(text, holes, before + behind) : undefined;
}

/** Verifies the fields of the holes: parses the payload once with a probe in each. */
function probed(text: TextField, holes: readonly Hole[], behind: string): Template | undefined {
  const payload = holes.map(({ field, before }, i) => before + String(probeOf(field, i))).join('') + behind;
  const decoded = decodeChunk(payload);
  if (!isRight(decoded)) return undefined;
  const chunk = decoded.right;
  // Another text may be coerced in another way.
  if (rawOf(chunk) !== chunk) return undefined;
  const choice = chunk.choices?.[0];
  const delta = choice?.delta;
  if (!delta) return undefined;
  const isProbe = ({ field }: Hole, i: number): boolean =>
    (isSide(field) ? (chunk as Copy)[field.name] : textIn(delta, field)) === probeOf(field, i);
  return holes.every(isProbe) ? { text, holes, behind, chunk, choice, delta } : undefined;
}

const probeOf = ({ kind }: TextField | SideField, i: number): string | number =>
  kind === NUMBER ? 123_456_789 + i : `a text that no model writes ${i}`;

const isSide = (field: TextField | SideField): field is SideField => !('fill' in field);

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
  { text, holes, chunk, choice, delta }: Template,
  values: ReadonlyArray<string | number>,
): ChatCompletionChunk {
  const at = holes.length === 1 ? 0 : holes.findIndex(({ field }) => field === text);
  const copy: Copy = { ...chunk, choices: [{ ...choice, delta: text.fill(delta, values[at] as string) }] };
  for (let i = 0; i < holes.length; i += 1) {
    const { field } = holes[i] as Hole;
    if (isSide(field)) copy[field.name] = values[i] as never;
  }
  return copy;
}
