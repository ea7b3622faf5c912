import type { Bytes, ResponseHead } from '../../transport/transport';
import type { Dialect, WholeAnswer } from '../wire/DialectBuilders';
import { responseHead } from '../wire/heads';
import type { Answer, Part, HttpFailure, Reply, ScriptedRequest } from './Reply';
import { bytesOf, doneFrame, eventFrame, rawBytesOf, rawFrame, type ServerFrame } from '../wire/wire';

/** One moment of an HTTP answer, so many milliseconds after the one before it. */
export type TimelineEvent = { readonly afterMs: number } & (
  | { readonly head: ResponseHead }
  | { readonly bytes: Bytes }
  /** The connection breaks, with the system's code. */
  | { readonly cut: string }
  | { readonly end: true }
);

/**
 * What a reply sends, and when: the whole scripted model, before anything moves.
 *
 * Transport, fetch and server only play it.
 *
 * @param paceMs - Milliseconds before each piece, unless the reply has its own.
 */
export function timeline(
  reply: Reply,
  request: ScriptedRequest,
  dialect: Dialect,
  paceMs: number,
): readonly TimelineEvent[] {
  if (typeof reply === 'string') return timeline({ parts: [reply] }, request, dialect, paceMs);
  if ('unreachable' in reply) return [{ afterMs: 0, cut: reply.unreachable }];
  if ('status' in reply) return refused(reply, dialect);
  const play = recordOf(request.body).stream === true ? streamed : whole;
  return [...play({ delayMs: paceMs, ...reply }, request, dialect)];
}

/** An answer in one piece, with any status. */
export const inOnePiece = (
  head: ResponseHead,
  body: string,
  afterMs = 0,
): readonly [TimelineEvent, TimelineEvent, TimelineEvent] => [
  { afterMs, head },
  { afterMs: 0, bytes: rawBytesOf(body) },
  ended(0),
];

/** The head of JSON that is well. */
export const jsonHead = responseHead(200, { 'content-type': 'application/json' });

function refused(
  { status, message: words = `status ${status}`, code, headers, body }: HttpFailure,
  dialect: Dialect,
) {
  return inOnePiece(
    responseHead(status, headers),
    body ?? JSON.stringify(dialect.errorBody(status, words, code)),
  );
}

function* streamed(
  answer: Answer,
  request: ScriptedRequest,
  dialect: Dialect,
): Generator<TimelineEvent, void> {
  const { parts, done = true, headAfterMs = 0, delayMs = 0 } = answer;
  let silence = 0; // What stalls have added to the time since the last moment.
  let begun = false;

  yield { afterMs: headAfterMs, head: dialect.head };
  for (const part of parts.map(named)) {
    if ('stall' in part) silence += part.stall;
    if ('cut' in part) {
      yield part.cut === 'socket' ? broken(silence) : ended(silence);
      return;
    }
    for (const bytes of readsOf(part, dialect, begun)) {
      yield { afterMs: silence + delayMs, bytes };
      silence = 0;
    }
    begun ||= piecesOf(part, dialect).length > 0;
    if ('errorFrame' in part) {
      yield ended(silence);
      return;
    }
  }

  const { finish, usage } = summary(answer, request, dialect);
  const counts = recordOf(recordOf(request.body).stream_options).include_usage === true;
  const ending = finish === null ? [] : dialect.finishChunk(finish, counts ? usage : undefined);
  for (const said of done ? [...ending, doneFrame()] : ending) {
    yield { afterMs: silence, bytes: bytesOf(said) };
    silence = 0;
  }
  yield ended(silence);
}

/** The answer to a request that asks for no stream: all the waiting first, then the body, or what a fault leaves of it. */
function* whole(answer: Answer, request: ScriptedRequest, dialect: Dialect): Generator<TimelineEvent, void> {
  const { headAfterMs = 0, delayMs = 0 } = answer;
  const parts = answer.parts.map(named);
  const faultAt = parts.findIndex((part) => 'cut' in part || 'bad' in part || 'errorFrame' in part);
  const fault = parts[faultAt];
  const waits = (fault ? parts.slice(0, faultAt) : parts).map((part) =>
    'stall' in part ? part.stall : delayMs * piecesOf(part, dialect).length,
  );
  const afterMs = waits.reduce((sum, ms) => sum + ms, headAfterMs);
  const body = JSON.stringify(dialect.completion(summary(answer, request, dialect)));
  const half = body.slice(0, body.length / 2);

  if (fault === undefined) yield* inOnePiece(jsonHead, body, afterMs);
  else if ('errorFrame' in fault) {
    yield* inOnePiece(responseHead(500), JSON.stringify(dialect.errorBody(500, fault.errorFrame)), afterMs);
  } else if ('bad' in fault) {
    yield* inOnePiece(jsonHead, fault.bad === 'json' ? half : '{"choices":"none"}', afterMs);
  } else {
    const [head, bytes] = inOnePiece(jsonHead, half, afterMs);
    yield* [head, bytes, 'cut' in fault && fault.cut === 'socket' ? broken(0) : ended(0)];
  }
}

type NamedPart = Exclude<Part, string>;

const named = (part: Part): NamedPart => (typeof part === 'string' ? { text: part } : part);

/** What a part sends, read by read; the first of an answer with what the server says before it. */
function readsOf(part: NamedPart, dialect: Dialect, begun: boolean): readonly Bytes[] {
  if ('bad' in part) return [bytesOf(BAD[part.bad])];
  if ('said' in part) return [bytesOf(...[part.said].flat())];
  if ('errorFrame' in part) return [bytesOf(...dialect.errorFrame(part.errorFrame))];
  const reads = piecesOf(part, dialect).map((piece, index) =>
    bytesOf(...(begun || index > 0 ? [piece] : dialect.openingChunks([piece]))),
  );
  return 'cutCharacter' in part ? reads.flatMap(cutInsideCharacter) : reads;
}

/** What the server says for a part of the answer itself. */
function piecesOf(part: NamedPart, dialect: Dialect): readonly ServerFrame[] {
  if ('text' in part) return pieces(part.text).flatMap(dialect.textChunk);
  if ('reasoning' in part) return pieces(part.reasoning).flatMap(dialect.reasoningChunk);
  if ('toolCall' in part) return dialect.toolCallChunk(part.toolCall);
  if ('cutCharacter' in part) return dialect.textChunk(part.cutCharacter);
  return [];
}

const pieces = (text: string | readonly string[]): readonly string[] =>
  typeof text === 'string' ? wordsOf(text) : text;

/** A text a word at a time, each with the blanks before it. */
const wordsOf = (text: string): readonly string[] => text.match(/\s*\S+|\s+$/g) ?? [];

/** The answer as one, with what it left out: why it ended, and a count of words for tokens. */
function summary(answer: Answer, request: ScriptedRequest, dialect: Dialect): WholeAnswer {
  const parts = answer.parts.map(named);
  const text = (part: NamedPart): string =>
    'text' in part ? pieces(part.text).join('') : 'cutCharacter' in part ? part.cutCharacter : '';
  const toolCalls = parts.flatMap((part) => ('toolCall' in part ? [part.toolCall] : []));
  const completion = parts.reduce((sum, part) => sum + piecesOf(part, dialect).length, 0);
  return {
    text: parts.map(text).join(''),
    reasoning: parts.map((part) => ('reasoning' in part ? pieces(part.reasoning).join('') : '')).join(''),
    toolCalls,
    finish: answer.finish === undefined ? (toolCalls.length > 0 ? 'tool_calls' : 'stop') : answer.finish,
    usage: answer.usage ?? [promptTokens(request), completion],
  };
}

/** The words of all messages: about what a tokenizer makes of them. */
function promptTokens({ body }: ScriptedRequest): number {
  const { messages } = recordOf(body);
  const contents = (Array.isArray(messages) ? messages : []).map(
    (message) => recordOf(message).content ?? '',
  );
  return contents.reduce((sum: number, content) => sum + wordsOf(JSON.stringify(content)).length, 0);
}

const ended = (afterMs: number): TimelineEvent => ({ afterMs, end: true });
const broken = (afterMs: number): TimelineEvent => ({ afterMs, cut: 'UND_ERR_SOCKET' });

const BAD: Readonly<Record<'json' | 'schema', ServerFrame>> = {
  json: rawFrame('data: {"choices":[{"index":0,"delta":{"cont\n\n'),
  schema: eventFrame({ choices: 'none' }),
};

/** Two reads of one, the first ending inside the first character that takes several bytes. */
function cutInsideCharacter(bytes: Bytes): readonly Bytes[] {
  const at = bytes.findIndex((byte) => byte >= 0x80) + 1;
  return at === 0 ? [bytes] : [bytes.slice(0, at), bytes.slice(at)];
}

/** The fields of a JSON object; of anything else none. */
export const recordOf = (json: unknown): Readonly<Record<string, unknown>> =>
  typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : {};
