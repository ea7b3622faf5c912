import type { ChatCompletionChunk } from '../../codec/ChatCompletionChunk';
import { isChunk } from '../../codec/isChunk';
import { markOf } from '../../codec/mark';
import { cut, isError } from '../../errors';
import { contentOf } from '../../fold/content';
import { finishReasonOf, refusalOf, usageOf } from '../../fold/completion';
import { reasoningOf } from '../../fold/reasoning';
import type { ChatState } from '../../state/ChatState';
import { formatBuiltIn } from './formatBuiltIn';

/** The most characters of a value before it is cut. */
const MAX_WIDTH = 95;

/** The characters of an error's message that are kept before many fields. With few it has the rest of the line. */
const MIN_MESSAGE = 39;

/**
 * Formats a value on one line, in short form: a chunk as its deltas, bytes as their chunks, a state without its empty fields,
 * an error as its tag, message and fields.
 */
export function formatValue(value: unknown): string {
  return cut(format(value, []).replaceAll('\n', String.raw`\n`), MAX_WIDTH);
}

type Format = (value: unknown) => string;

/** @param ancestors - The objects that contain this value. A value that contains itself is cut there. */
function format(value: unknown, ancestors: readonly unknown[]): string {
  if (typeof value === 'string') return quote(value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (ancestors.includes(value)) return '…';
  const inside = [...ancestors, value];
  const formatInner: Format = (inner) => format(inner, inside);

  if (isError(value)) return formatError(value, formatInner);
  if (value instanceof Uint8Array) return `read ${formatRead(value)}`;
  if (Array.isArray(value)) return `[${value.map(formatInner).join(', ')}]`;
  if (isRight(value)) return formatInner(value.right);
  if (isLeft(value)) return `Left ${formatInner(value.left)}`;
  if (isChunk(value)) return formatChunk(value, formatInner);
  if (isState(value)) return formatState(value, formatInner);
  const { status, headers, ...rest } = value as { readonly status?: unknown; readonly headers?: unknown };
  if (typeof status === 'number' && typeof headers === 'object' && Object.keys(rest).length === 0) {
    return `head ${status} ${formatFields(headers ?? {}, formatInner)}`;
  }
  return formatBuiltIn(value, formatInner) ?? classPrefix(value) + formatFields(value, formatInner);
}

/** The name of a class before its fields. Plain objects have none. */
function classPrefix(value: object): string {
  const prototype = Object.getPrototypeOf(value) as {
    readonly constructor?: { readonly name?: string };
  } | null;
  const name = prototype?.constructor?.name ?? '';
  return name === '' || name === 'Object' ? '' : `${name} `;
}

const quote = (text: string): string => `'${text.replaceAll("'", String.raw`\'`)}'`;

function formatFields(value: object, formatInner: Format): string {
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  if (fields.length === 0) return '{}';
  return `{ ${fields.map(([name, field]) => `${name}: ${formatInner(field)}`).join(', ')} }`;
}

function formatError(error: Error, formatInner: Format): string {
  const { _tag = error.name, ...fields } = error as Error & { readonly _tag?: string };
  const shown = Object.entries(fields).filter(([name, field]) => !OMITTED.includes(name) && field !== null);
  const details = shown.length === 0 ? '' : ` ${formatFields(Object.fromEntries(shown), formatInner)}`;
  // An error may have any value as its message.
  const message: unknown = error.message;
  const room = MAX_WIDTH - `${_tag} ''${details}`.length - 1;
  const text = details === '' ? String(message) : cut(String(message), Math.max(MIN_MESSAGE, room));
  return `${_tag} ${quote(text)}${details}`;
}

/** Fields of an error that follow from its tag. */
const OMITTED = ['name', 'retryable'];

const isRight = (value: object): value is { readonly right: unknown } =>
  '_tag' in value && value._tag === 'Right' && 'right' in value;

const isLeft = (value: object): value is { readonly left: unknown } =>
  '_tag' in value && value._tag === 'Left' && 'left' in value;

/** Formats the deltas of a chunk, choice by choice. The index is shown unless it is 0. */
function formatChunk(chunk: ChatCompletionChunk, formatInner: Format): string {
  const mark = markOf(chunk);
  if (mark !== undefined)
    return mark.kind === 'restarted' ? `restarted (attempt ${mark.attempt})` : 'ended without a reason';
  const indices = [...new Set((chunk.choices ?? []).map(({ index }) => index ?? 0))];
  const choices = indices.map((index) => formatChoice(chunk, index));
  const usage = usageOf(chunk);
  const counts = usage ? [`usage ${usage.prompt_tokens ?? '?'}+${usage.completion_tokens ?? '?'}`] : [];
  const error = 'error' in chunk && chunk.error ? [`error ${formatInner(chunk.error)}`] : [];
  return `chunk ${[...choices, ...counts, ...error].join(', ') || 'nothing'}`;
}

function formatChoice(chunk: ChatCompletionChunk, choice: number): string {
  const [text, reasoning, refusal] = [contentOf, reasoningOf, refusalOf].map((read) =>
    read(chunk, { choice }),
  );
  const reason = finishReasonOf(chunk, { choice });
  const calls = (chunk.choices ?? [])
    .filter(({ index }) => (index ?? 0) === choice)
    .flatMap(({ delta }) => delta?.tool_calls ?? [])
    .map(({ function: called }) => `calls ${called?.name ?? ''}(${called?.arguments ?? ''}`);
  const parts = [
    ...(reasoning ? [`thinks ${quote(reasoning)}`] : []),
    ...(text ? [quote(text)] : []),
    ...(refusal ? [`refuses ${quote(refusal)}`] : []),
    ...calls,
    ...(reason ? [`finish ${quote(reason)}`] : []),
  ];
  return `${choice === 0 ? '' : `#${choice} `}${parts.join(', ') || 'nothing'}`;
}

/** Formats the events of a read. Bytes that are not complete events are shown as text. */
function formatRead(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes);
  const lines = text.split('\n').filter((line) => line !== '');
  const payloads = lines.map((line) => /^data: (.*)$/.exec(line)?.[1]);
  if (payloads.length === 0 || payloads.includes(undefined) || !text.endsWith('\n\n')) return quote(text);
  return payloads.map((payload = '') => (payload === '[DONE]' ? payload : formatPayload(payload))).join(', ');
}

function formatPayload(payload: string): string {
  try {
    return format(JSON.parse(payload), []);
  } catch {
    return quote(payload);
  }
}

const isState = (value: object): value is ChatState =>
  'status' in value && 'content' in value && 'toolCalls' in value;

function formatState({ status, content, ...rest }: ChatState, formatInner: Format): string {
  const fields = Object.entries(rest)
    .filter(([, field]) => field !== null && (field as string).length !== 0)
    .map(([name, field]) => `${name}: ${formatInner(field)}`);
  return [`${status} ${quote(content)}`, ...fields].join(', ');
}
