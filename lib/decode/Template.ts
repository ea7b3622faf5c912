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

/** A payload and its chunk, which has a single choice. */
export interface Sample {
  readonly payload: string;
  readonly chunk: Chunk;
  readonly choice: Choice;
  readonly delta: Delta;
}

/** Returns a payload for a template; `undefined` for one whose chunk cannot be copied. */
export function sampleOf(payload: string, chunk: Chunk): Sample | undefined {
  const choice = chunk.choices?.length === 1 ? chunk.choices[0] : undefined;
  // Another text may be coerced in another way.
  if (!choice?.delta || rawOf(chunk) !== chunk) return undefined;
  return { payload, chunk, choice, delta: choice.delta };
}

/** The place of the inside of a literal in a payload. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Finds a field by its name; `undefined` if the literal there does not have its value.
 *
 * It may be another field of that name, which {@link compileTemplate} detects.
 */
function spanOf(payload: string, { name, kind }: Field, value: unknown): Span | undefined {
  const label = `"${name}":`;
  const at = payload.indexOf(label);
  const start = at === -1 ? -1 : kind.startOf(payload, at + label.length);
  const end = start === -1 ? -1 : kind.endOf(payload, start);
  return end !== -1 && kind.read(payload.slice(start, end)) === value ? { start, end } : undefined;
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

/**
 * Compiles two payloads that differ in these fields only. Returns `undefined` for any others.
 *
 * Each literal is verified: it has had the value of its field in both payloads, and nothing else in them has changed.
 */
export function compileTemplate(last: Sample, next: Sample): Template | undefined {
  const changed: Array<{ readonly field: Field; readonly span: Span; readonly lastSpan: Span }> = [];
  for (const field of FIELDS) {
    const value = field.get(next.chunk, next.delta);
    const lastValue = field.get(last.chunk, last.delta);
    if (value === lastValue) continue;
    // Nearly always the answer begins or ends.
    if (!value || !lastValue) return undefined;
    const lastSpan = spanOf(last.payload, field, lastValue);
    const span = spanOf(next.payload, field, value);
    if (span === undefined || lastSpan === undefined) return undefined;
    changed.push({ field, span, lastSpan });
  }
  changed.sort((a, b) => a.span.start - b.span.start);
  const holes: Hole[] = [];
  let end = 0;
  let lastEnd = 0;
  for (const { field, span, lastSpan } of changed) {
    const before = next.payload.slice(end, span.start);
    if (before !== last.payload.slice(lastEnd, lastSpan.start)) return undefined;
    holes.push({ field, before });
    ({ end } = span);
    lastEnd = lastSpan.end;
  }
  const behind = next.payload.slice(end);
  if (behind !== last.payload.slice(lastEnd)) return undefined;
  return {
    holes,
    behind,
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
    // An empty text may be replaced by the value of another field.
    if (!value) return undefined;
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
