import { ChatCompletionChunk } from '../../codec/ChatCompletionChunk';
import { markOf } from '../../codec/mark';
import { contentOf } from '../../fold/content';
import { finishReasonOf, refusalOf, usageOf } from '../../fold/completion';
import { reasoningOf } from '../../fold/reasoning';
import type { ChatState } from '../../state/ChatState';
import { isError } from './diff';

/** The longest a value gets. */
const WIDTH = 96;

/**
 * A value in a few words, on one line: a chunk by what it adds, bytes by the chunks in them, a state without what is
 * empty in it, an error by its tag, message and fields.
 */
export function formatValue(value: unknown): string {
  const line = inWords(value, []).replaceAll('\n', String.raw`\n`);
  return line.length > WIDTH ? `${line.slice(0, WIDTH - 1)}…` : line;
}

/** @param around - The objects this value is in, so that one which contains itself comes to an end. */
function inWords(value: unknown, around: readonly unknown[]): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (around.includes(value)) return '…';
  const inside = [...around, value];
  const words = (inner: unknown): string => inWords(inner, inside);

  if (isError(value)) return errorInWords(value, words);
  if (value instanceof Uint8Array) return `read ${readInWords(value)}`;
  if (Array.isArray(value)) return `[${value.map(words).join(', ')}]`;
  if (isRight(value)) return words(value.right);
  if (isLeft(value)) return `Left ${words(value.left)}`;
  if (isChunk(value)) return chunkInWords(value, words);
  if (isState(value)) return stateInWords(value, words);
  const { status, headers, ...rest } = value as { readonly status?: unknown; readonly headers?: unknown };
  if (typeof status === 'number' && typeof headers === 'object' && Object.keys(rest).length === 0) {
    return `head ${status} ${fieldsInWords(headers ?? {}, words)}`;
  }
  return fieldsInWords(value, words);
}

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`\'`)}'`;

const fieldsInWords = (value: object, words: (inner: unknown) => string): string => {
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return fields.length === 0
    ? '{}'
    : `{ ${fields.map(([name, field]) => `${name}: ${words(field)}`).join(', ')} }`;
};

function errorInWords(error: Error, words: (inner: unknown) => string): string {
  const { _tag = error.name, ...fields } = error as Error & { readonly _tag?: string };
  const told = Object.entries(fields).filter(([name, field]) => !UNTOLD.includes(name) && field !== null);
  const details = told.length === 0 ? '' : ` ${fieldsInWords(Object.fromEntries(told), words)}`;
  return `${_tag} ${quoted(error.message)}${details}`;
}

/** Said by the tag already, or by what the error is. */
const UNTOLD = ['name', 'retryable'];

const isRight = (value: object): value is { readonly right: unknown } =>
  '_tag' in value && value._tag === 'Right' && 'right' in value;

const isLeft = (value: object): value is { readonly left: unknown } =>
  '_tag' in value && value._tag === 'Left' && 'left' in value;

const isChunk = (value: object): value is ChatCompletionChunk =>
  'choices' in value &&
  Array.isArray(value.choices) &&
  (value as ChatCompletionChunk).object !== 'chat.completion' &&
  value.choices.every(
    (choice: unknown) => typeof choice === 'object' && choice !== null && !('message' in choice),
  ) &&
  ChatCompletionChunk.is(value);

/** What a chunk adds, choice by choice; the index is named where it is not the first. */
function chunkInWords(chunk: ChatCompletionChunk, words: (inner: unknown) => string): string {
  const mark = markOf(chunk);
  if (mark !== undefined)
    return mark.kind === 'restarted' ? `restarted (attempt ${mark.attempt})` : 'ended without a reason';
  const indices = [...new Set((chunk.choices ?? []).map(({ index }) => index ?? 0))];
  const said = indices.map((index) => {
    const [text, thought, refusal] = [contentOf, reasoningOf, refusalOf].map((of) =>
      of(chunk, { choice: index }),
    );
    const reason = finishReasonOf(chunk, { choice: index });
    const calls = (chunk.choices ?? [])
      .filter((choice) => (choice.index ?? 0) === index)
      .flatMap(({ delta }) => delta?.tool_calls ?? [])
      .map(({ function: called }) => `calls ${called?.name ?? ''}(${called?.arguments ?? ''}`);
    const parts = [
      ...(thought ? [`thinks ${quoted(thought)}`] : []),
      ...(text ? [quoted(text)] : []),
      ...(refusal ? [`refuses ${quoted(refusal)}`] : []),
      ...calls,
      ...(reason ? [`finish ${quoted(reason)}`] : []),
    ];
    return `${index === 0 ? '' : `#${index} `}${parts.join(', ') || 'nothing'}`;
  });
  const usage = usageOf(chunk);
  const counted = usage ? [`usage ${usage.prompt_tokens ?? '?'}+${usage.completion_tokens ?? '?'}`] : [];
  const error = 'error' in chunk && chunk.error ? [`error ${words(chunk.error)}`] : [];
  return `chunk ${[...said, ...counted, ...error].join(', ') || 'nothing'}`;
}

/** The events of a read; as they are, where they are no events. */
function readInWords(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes);
  const events = text.split('\n').filter((line) => line !== '');
  const payloads = events.map((line) => /^data: (.*)$/.exec(line)?.[1]);
  if (payloads.length === 0 || payloads.includes(undefined) || !text.endsWith('\n\n')) return quoted(text);
  return payloads
    .map((payload = '') => (payload === '[DONE]' ? payload : payloadInWords(payload)))
    .join(', ');
}

function payloadInWords(payload: string): string {
  try {
    return inWords(JSON.parse(payload), []);
  } catch {
    return quoted(payload);
  }
}

const isState = (value: object): value is ChatState =>
  'status' in value && typeof value.status === 'string' && 'content' in value && 'toolCalls' in value;

function stateInWords({ status, content, ...rest }: ChatState, words: (inner: unknown) => string): string {
  const told = Object.entries(rest).filter(([, field]) => field !== null && (field as string).length !== 0);
  return [`${status} ${quoted(content)}`, ...told.map(([name, field]) => `${name}: ${words(field)}`)].join(
    ', ',
  );
}
