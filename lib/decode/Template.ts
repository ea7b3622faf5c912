import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import { rawOf } from '../codec/raw';
import { copierOf, type Copier } from './copierOf';
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

/** The fields in which consecutive payloads differ. Those in each of many chunks set a constant name, which engines optimize. */
const FIELDS: readonly Field[] = [
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
  {
    // Reasoning in a second spelling: OpenRouter.
    name: 'text',
    kind: STRING,
    get: (_, { reasoning_details: details }) => (details?.length === 1 ? details[0]?.text : undefined),
    set: (_, delta, text: string) => {
      delta.reasoning_details = [{ ...delta.reasoning_details?.[0], text }];
    },
  },
  // An id for each chunk, a time that moves on, and padding (OpenAI, Mistral).
  chunkField('id', STRING),
  chunkField('created', NUMBER),
  chunkField('obfuscation', STRING),
  chunkField('p', STRING),
];

function textField(
  name: 'content' | 'reasoning' | 'reasoning_content',
  set: (chunk: Chunk, delta: Delta, text: string) => void,
): Field {
  return { name, kind: STRING, get: (_, delta) => delta[name], set };
}

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

/** A payload, its chunk, and the places of the fields that may change. */
export interface Cut {
  readonly payload: string;
  readonly chunk: Chunk;
  readonly choice: Choice;
  readonly delta: Delta;
  /** In the order of the payload. */
  readonly spans: readonly Span[];
}

/** A field, its value, and the place of its inside in a payload. */
interface Span {
  readonly field: Field;
  readonly value: unknown;
  readonly start: number;
  readonly end: number;
}

/** Finds the fields that may change in a payload of one choice. */
export function cut(payload: string, chunk: Chunk): Cut | undefined {
  const choice = chunk.choices?.length === 1 ? chunk.choices[0] : undefined;
  // Another text may be coerced in another way.
  if (!choice?.delta || rawOf(chunk) !== chunk) return undefined;
  const { delta } = choice;
  const spans: Span[] = [];
  for (const field of FIELDS) {
    const value = field.get(chunk, delta);
    const span = value ? spanOf(payload, field, value) : undefined;
    if (span) spans.push(span);
  }
  spans.sort((a, b) => a.start - b.start);
  return { payload, chunk, choice, delta, spans };
}

/** Finds a field by its name. It may be another of that name, which {@link compileTemplate} detects. */
function spanOf(payload: string, field: Field, value: unknown): Span | undefined {
  const name = `"${field.name}":`;
  const at = payload.indexOf(name);
  const start = at === -1 ? -1 : field.kind.startOf(payload, at + name.length);
  const end = start === -1 ? -1 : field.kind.endOf(payload, start);
  return end === -1 ? undefined : { field, value, start, end };
}

/** Whether the literal at the place of a field has its value. */
const hasValue = (payload: string, { field, value, start, end }: Span): boolean =>
  field.kind.read(payload.slice(start, end)) === value;

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

/**
 * Compiles two payloads that differ in these fields only. Returns `undefined` for any others.
 *
 * Each literal is verified: it has had the value of its field in both payloads, and nothing else in them has changed.
 */
export function compileTemplate(last: Cut | undefined, next: Cut): Template | undefined {
  const { payload, spans } = next;
  if (last?.spans.length !== spans.length) return undefined;
  const holes: Hole[] = [];
  let before = '';
  let end = 0;
  let lastEnd = 0;
  for (let i = 0; i < spans.length; i += 1) {
    const span = spans[i] as Span;
    const lastSpan = last.spans[i] as Span;
    if (span.field !== lastSpan.field) return undefined;
    const isHole = span.value !== lastSpan.value;
    const fixed = payload.slice(end, isHole ? span.start : span.end);
    if (fixed !== last.payload.slice(lastEnd, isHole ? lastSpan.start : lastSpan.end)) return undefined;
    before += fixed;
    ({ end } = span);
    lastEnd = lastSpan.end;
    if (isHole) {
      if (!hasValue(payload, span) || !hasValue(last.payload, lastSpan)) return undefined;
      holes.push({ field: span.field, before });
      before = '';
    }
  }
  const behind = payload.slice(end);
  if (last.payload.slice(lastEnd) !== behind) return undefined;
  return {
    holes,
    behind: before + behind,
    chunk: partOf(next.chunk),
    choice: partOf(next.choice),
    delta: partOf(next.delta),
  };
}

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
