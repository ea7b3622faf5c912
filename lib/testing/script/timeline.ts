import { fieldsOf } from '../../codec/isRecord';
import type { Bytes, ResponseHead } from '../../transport/transport';
import type { CompleteAnswer, Dialect } from '../wire/DialectBuilders';
import { responseHead } from '../wire/heads';
import { bytesOf, doneFrame, eventFrame, rawBytesOf, rawFrame, type ServerFrame } from '../wire/wire';
import { hasBody } from './checkScript';
import type { Answer, HttpFailure, Part, Reply, ScriptedRequest } from './Reply';

/** An event of an HTTP response, with the milliseconds since the event before it. */
export type TimelineEvent = { readonly afterMs: number } & (
  | { readonly head: ResponseHead }
  | { readonly bytes: Bytes }
  /** The connection breaks, with the system's code. */
  | { readonly cut: string }
  | { readonly end: true }
);

/**
 * Returns the response to a request, event by event with their times.
 *
 * The transport, the `fetch` and the server only play it.
 *
 * @param delayMs - Milliseconds before each delta, unless the reply has its own.
 */
export function timeline(
  reply: Reply,
  request: ScriptedRequest,
  dialect: Dialect,
  delayMs: number,
): readonly TimelineEvent[] {
  if (typeof reply === 'string') return timeline({ parts: [reply] }, request, dialect, delayMs);
  if ('unreachable' in reply) return [{ afterMs: 0, cut: reply.unreachable }];
  if ('status' in reply) return httpFailure(reply, dialect);
  const play = fieldsOf(request.body).stream === true ? streamed : unstreamed;
  return [...play({ delayMs, ...reply }, request, dialect)];
}

/** Returns a response whose body arrives in one read. */
export const singleRead = (head: ResponseHead, body: string, afterMs = 0): readonly TimelineEvent[] => [
  { afterMs, head },
  { afterMs: 0, bytes: rawBytesOf(body) },
  endAfter(0),
];

/** The head of a JSON response with status 200. */
export const jsonHead = responseHead(200, { 'content-type': 'application/json' });

function httpFailure(failure: HttpFailure, dialect: Dialect): readonly TimelineEvent[] {
  const { status, message = `status ${status}`, code, headers, body } = failure;
  const head = responseHead(status, headers);
  if (!hasBody(status)) return [{ afterMs: 0, head }, endAfter(0)];
  return singleRead(head, body ?? JSON.stringify(dialect.errorBody(status, message, code)));
}

function* streamed(
  answer: Answer,
  request: ScriptedRequest,
  dialect: Dialect,
): Generator<TimelineEvent, void> {
  const { parts, done = true, headAfterMs = 0, delayMs = 0 } = answer;
  let stalledMs = 0; // Added to the time before the next event.
  let hasOutput = false;

  yield { afterMs: headAfterMs, head: dialect.head };
  for (const part of toNamedParts(parts)) {
    if ('stall' in part) stalledMs += part.stall;
    if ('cut' in part) {
      yield part.cut === 'socket' ? cutAfter(stalledMs) : endAfter(stalledMs);
      return;
    }
    for (const bytes of readsOf(part, dialect, hasOutput)) {
      yield { afterMs: stalledMs + delayMs, bytes };
      stalledMs = 0;
    }
    hasOutput ||= framesOf(part, dialect).length > 0;
    if ('errorFrame' in part) {
      yield endAfter(stalledMs);
      return;
    }
  }

  const { finish, usage } = toCompleteAnswer(answer, request, dialect);
  const includeUsage = fieldsOf(fieldsOf(request.body).stream_options).include_usage === true;
  const ending = finish === null ? [] : dialect.finishChunk(finish, includeUsage ? usage : undefined);
  for (const frame of done ? [...ending, doneFrame()] : ending) {
    yield { afterMs: stalledMs, bytes: bytesOf(frame) };
    stalledMs = 0;
  }
  yield endAfter(stalledMs);
}

/** Returns the response without streaming: all delays first, then the body, or the part of it that a fault leaves. */
function* unstreamed(
  answer: Answer,
  request: ScriptedRequest,
  dialect: Dialect,
): Generator<TimelineEvent, void> {
  const { headAfterMs = 0, delayMs = 0 } = answer;
  const parts = toNamedParts(answer.parts);
  const faultIndex = parts.findIndex((part) => 'cut' in part || 'bad' in part || 'errorFrame' in part);
  const fault = parts[faultIndex];
  const delays = (fault ? parts.slice(0, faultIndex) : parts).map((part) =>
    'stall' in part ? part.stall : delayMs * framesOf(part, dialect).length,
  );
  const afterMs = delays.reduce((sum, ms) => sum + ms, headAfterMs);
  const body = JSON.stringify(dialect.completion(toCompleteAnswer(answer, request, dialect)));
  const half = body.slice(0, body.length / 2);

  if (fault === undefined) yield* singleRead(jsonHead, body, afterMs);
  else if ('errorFrame' in fault) {
    yield* singleRead(responseHead(500), JSON.stringify(dialect.errorBody(500, fault.errorFrame)), afterMs);
  } else if ('bad' in fault) {
    yield* singleRead(jsonHead, fault.bad === 'json' ? half : '{"choices":"none"}', afterMs);
  } else {
    yield* singleRead(jsonHead, half, afterMs).slice(0, -1);
    yield 'cut' in fault && fault.cut === 'socket' ? cutAfter(0) : endAfter(0);
  }
}

type NamedPart = Exclude<Part, string>;

/** Names the parts that are a text, and numbers the tool calls. */
function toNamedParts(parts: readonly Part[]): readonly NamedPart[] {
  let next = 0;
  return parts.map((part) => {
    if (typeof part === 'string') return { text: part };
    if (!('toolCall' in part)) return part;
    const { index = next } = part.toolCall;
    next = Math.max(next, index + 1);
    return { toolCall: { ...part.toolCall, index } };
  });
}

/** Returns the reads of a part. The first output of an answer includes the server's opening chunks. */
function readsOf(part: NamedPart, dialect: Dialect, hasOutput: boolean): readonly Bytes[] {
  if ('bad' in part) return [bytesOf(BAD_FRAMES[part.bad])];
  if ('frames' in part) return [bytesOf(...[part.frames].flat())];
  if ('errorFrame' in part) return [bytesOf(...dialect.errorFrame(part.errorFrame))];
  const reads = framesOf(part, dialect).map((frame, index) =>
    bytesOf(...(hasOutput || index > 0 ? [frame] : dialect.openingChunks([frame]))),
  );
  return 'cutCharacter' in part ? reads.flatMap(splitInsideCharacter) : reads;
}

/** Returns the frames of output: text, reasoning, a tool call. */
function framesOf(part: NamedPart, dialect: Dialect): readonly ServerFrame[] {
  if ('text' in part) return toDeltas(part.text).flatMap(dialect.textChunk);
  if ('reasoning' in part) return toDeltas(part.reasoning).flatMap(dialect.reasoningChunk);
  if ('toolCall' in part) return dialect.toolCallChunk(part.toolCall);
  if ('cutCharacter' in part) return dialect.textChunk(part.cutCharacter);
  return [];
}

const toDeltas = (text: string | readonly string[]): readonly string[] =>
  typeof text === 'string' ? splitWords(text) : text;

/** Splits a text into words, each with the white space before it. */
const splitWords = (text: string): readonly string[] => text.match(/\s*\S+|\s+$/g) ?? [];

/** Joins the parts of an answer, and fills in the finish reason and the usage. */
function toCompleteAnswer(answer: Answer, request: ScriptedRequest, dialect: Dialect): CompleteAnswer {
  const parts = toNamedParts(answer.parts);
  const textOf = (part: NamedPart): string => {
    if ('text' in part) return toDeltas(part.text).join('');
    return 'cutCharacter' in part ? part.cutCharacter : '';
  };
  const toolCalls = parts.flatMap((part) => ('toolCall' in part ? [part.toolCall] : []));
  const { finish = toolCalls.length > 0 ? 'tool_calls' : 'stop' } = answer;
  const completionTokens = parts.flatMap((part) => framesOf(part, dialect)).length;
  return {
    text: parts.map(textOf).join(''),
    reasoning: parts.flatMap((part) => ('reasoning' in part ? toDeltas(part.reasoning) : [])).join(''),
    toolCalls,
    finish,
    usage: answer.usage ?? [promptTokens(request), completionTokens],
  };
}

/** The number of words in all messages, which is close to a tokenizer's count. */
function promptTokens({ body }: ScriptedRequest): number {
  const { messages } = fieldsOf(body);
  const contents = (Array.isArray(messages) ? messages : []).map(
    (message) => fieldsOf(message).content ?? '',
  );
  return contents.flatMap((content) => splitWords(JSON.stringify(content))).length;
}

const endAfter = (afterMs: number): TimelineEvent => ({ afterMs, end: true });
const cutAfter = (afterMs: number): TimelineEvent => ({ afterMs, cut: 'UND_ERR_SOCKET' });

const BAD_FRAMES: Readonly<Record<'json' | 'schema', ServerFrame>> = {
  json: rawFrame('data: {"choices":[{"index":0,"delta":{"cont\n\n'),
  schema: eventFrame({ choices: 'none' }),
};

/** Splits a read in two. The first ends inside the first character that takes several bytes. */
function splitInsideCharacter(bytes: Bytes): readonly Bytes[] {
  const end = bytes.findIndex((byte) => byte >= 0x80) + 1;
  return end === 0 ? [bytes] : [bytes.slice(0, end), bytes.slice(end)];
}
