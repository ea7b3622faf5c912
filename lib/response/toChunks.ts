import { isRight } from 'fp-ts/Either';
import { defer, filter, map, type OperatorFunction } from 'rxjs';

import type { ServerSentEvent } from '../sse/events';
import { COMPLETE, concatItems } from '../rx/concatItems';
import { isErrorAnswer, serverError } from './serverError';
import { toServerSentEvents } from '../sse/toServerSentEvents';
import type { Bytes } from '../transport/transport';
import type { ResponseContext } from './ResponseContext';
import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import { createTemplateDecoder } from '../decode/createTemplateDecoder';
import { decodeChunk, type Decoded } from '../decode/decode';
import { Ending } from './Ending';
import { TruncatedError } from '../errors';

type Chunk = Decoded<ChatCompletionChunk>;

/** The pipeline from bytes to decoded chunks, a step a line. */
export function toChunks({ limits, redact: redact }: ResponseContext): OperatorFunction<Bytes, Chunk> {
  const rules = { line: limits.line, event: limits.event, keepIncomplete: true, errorField: true };
  return (read$) =>
    defer(() => {
      const decode = createTemplateDecoder();
      const ending = new Ending();
      return read$.pipe(
        toServerSentEvents(rules),
        filter((event) => isDone(event) || hasPayload(event)),
        map((event) => (isDone(event) ? DONE : decodeEvent(event, decode, redact))),
        upToTheEnd(ending, redact),
      );
    });
}

/** What an end means is for {@link Ending} to say; an error beside choices (OpenRouter) is a chunk first. */
const upToTheEnd = (
  ending: Ending,
  redact: ResponseContext['redact'],
): OperatorFunction<Chunk | typeof DONE, Chunk> =>
  concatItems<Chunk | typeof DONE, Chunk>(
    (decoded) => {
      if (decoded === DONE) return [...ending.last(true), COMPLETE];
      ending.saw(decoded);
      return isRight(decoded) && isErrorAnswer(decoded.right)
        ? [decoded, serverError(decoded.right, redact)]
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
  { event, data, incomplete: cut }: ServerSentEvent,
  decode: (payload: string) => Chunk,
  redact: ResponseContext['redact'],
): Chunk {
  const decoded = decode(data);
  if (isRight(decoded)) {
    const chunk = decoded.right;
    if (event === 'error' || (chunk.choices === undefined && isErrorAnswer(chunk)))
      throw serverError(chunk, redact);
    return decoded;
  }
  if (event === 'error') throw serverError(data, redact);
  if (decoded.left._tag === 'SchemaMismatch') {
    const json: unknown = JSON.parse(data);
    if (isErrorAnswer(json)) throw serverError(json, redact);
  }
  if (cut && decoded.left._tag === 'BadJson')
    throw new TruncatedError('the stream ended in the middle of an event');
  // What is wrong with a payload quotes it, and a server may have put the key there.
  const shown = redact(data);
  return shown === data ? decoded : decodeChunk(shown);
}
