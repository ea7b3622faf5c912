import { isRight } from 'fp-ts/Either';
import { defer, filter, map, type OperatorFunction } from 'rxjs';

import type { ServerSentEvent } from '../sse/events';
import { END, inOrder } from '../rx/concatItems';
import { isErrorAnswer, serverError } from './serverError';
import { toServerSentEvents } from '../sse/toServerSentEvents';
import type { Bytes } from '../transport/transport';
import type { AnswerContext } from './AnswerContext';
import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import { chunkDecoder } from '../decode/chunkDecoder';
import { decodeChunk, type Decoded } from '../decode/decode';
import { Ending } from './Ending';
import { TruncatedError } from '../errors';

type Chunk = Decoded<ChatCompletionChunk>;

/** The pipeline from bytes to decoded chunks, a step a line. */
export function streamedAnswer({ limits, hide }: AnswerContext): OperatorFunction<Bytes, Chunk> {
  const rules = { line: limits.line, event: limits.event, keepCut: true, errorField: true };
  return (read$) =>
    defer(() => {
      const decode = chunkDecoder();
      const ending = new Ending();
      return read$.pipe(
        toServerSentEvents(rules),
        filter((event) => isDone(event) || hasPayload(event)),
        map((event) => (isDone(event) ? DONE : decodeEvent(event, decode, hide))),
        upToTheEnd(ending, hide),
      );
    });
}

/** What an end means is for {@link Ending} to say; an error beside choices (OpenRouter) is a chunk first. */
const upToTheEnd = (
  ending: Ending,
  hide: AnswerContext['hide'],
): OperatorFunction<Chunk | typeof DONE, Chunk> =>
  inOrder<Chunk | typeof DONE, Chunk>(
    (decoded) => {
      if (decoded === DONE) return [...ending.last(true), END];
      ending.saw(decoded);
      return isRight(decoded) && isErrorAnswer(decoded.right)
        ? [decoded, serverError(decoded.right, hide)]
        : [decoded];
    },
    () => ending.last(false),
  );

const DONE = Symbol('[DONE]');

/** `[DONE]` ends the answer, whether the connection does or not. */
const isDone = ({ data }: ServerSentEvent): boolean => data.length < 16 && data.trim() === '[DONE]';

/**
 * Whether an event is one of ours: blank ones are heartbeats, and so are named ones without the looks of a chunk
 * (`ping`).
 */
const hasPayload = ({ event, data }: ServerSentEvent): boolean =>
  event === 'message' || event === ''
    ? data.startsWith('{') || data.trim() !== ''
    : event === 'error' || /"(choices|error)"\s*:/.test(data);

/**
 * Decodes one payload.
 *
 * @throws ServerError when it is an error and nothing else.
 * @throws TruncatedError when the body ended in the middle of it.
 */
function decodeEvent(
  { event, data, cut }: ServerSentEvent,
  decode: (payload: string) => Chunk,
  hide: AnswerContext['hide'],
): Chunk {
  const decoded = decode(data);
  if (isRight(decoded)) {
    const chunk = decoded.right;
    if (event === 'error' || (chunk.choices === undefined && isErrorAnswer(chunk)))
      throw serverError(chunk, hide);
    return decoded;
  }
  if (event === 'error') throw serverError(data, hide);
  if (decoded.left._tag === 'SchemaMismatch') {
    const json: unknown = JSON.parse(data);
    if (isErrorAnswer(json)) throw serverError(json, hide);
  }
  if (cut && decoded.left._tag === 'BadJson')
    throw new TruncatedError('the stream ended in the middle of an event');
  // What is wrong with a payload quotes it, and a server may have put the key there.
  const shown = hide(data);
  return shown === data ? decoded : decodeChunk(shown);
}
