import { isRight, right } from 'fp-ts/Either';
import { concat, defer, filter, map, pipe, takeWhile, throwIfEmpty, type OperatorFunction } from 'rxjs';

import type { ServerSentEvent } from './body/events';
import { inOrder } from './body/inOrder';
import { isErrorAnswer, serverError } from './body/serverError';
import { toEvents } from './body/toEvents';
import { toLines } from './body/toLines';
import { toText } from './body/toText';
import type { Bytes } from './body/transport';
import { upToLineEnds } from './body/upToLineEnds';
import type { AnswerContext } from './call';
import type { ChatCompletionChunk } from './codec/ChatCompletionChunk';
import { chunkDecoder } from './codec/chunkDecoder';
import type { Decoded } from './codec/decode';
import { Ending } from './codec/Ending';
import { ProtocolError, TruncatedError, type ServerError } from './errors';

/** The pipeline from bytes to decoded chunks, a step a line. */
export function streamedAnswer({
  limits,
  hide,
}: AnswerContext): OperatorFunction<Bytes, Decoded<ChatCompletionChunk>> {
  return pipe(
    upToLineEnds(),
    toText(),
    throwIfEmpty(() => new ProtocolError('the answer has an empty body')),
    toLines(limits.line),
    toEvents({ limit: limits.event, keepCut: true, errorField: true }),
    inOrder(),
    toChunks(hide),
  );
}

/** Decodes events up to the end of the answer; what an end means is for {@link Ending} to say. */
function toChunks(
  hide: AnswerContext['hide'],
): OperatorFunction<ServerSentEvent, Decoded<ChatCompletionChunk>> {
  return (event$) =>
    defer(() => {
      const ending = new Ending();
      const decode = chunkDecoder();
      let failed: ServerError | undefined;
      return concat(
        event$.pipe(
          takeWhile((event) => {
            const done = isDone(event);
            if (done) ending.done();
            return !done;
          }),
          filter(hasPayload),
          map((event) => decodeEvent(event, decode, hide)),
          takeWhile((decoded) => {
            ending.saw(decoded);
            if (isRight(decoded) && isErrorAnswer(decoded.right)) failed = serverError(decoded.right, hide);
            return failed === undefined;
          }, true),
        ),
        defer(() => {
          if (failed !== undefined) throw failed;
          return ending.last().map((chunk) => right(chunk));
        }),
      );
    });
}

/** `[DONE]` ends the answer, whether the connection does or not. */
const isDone = ({ data }: ServerSentEvent): boolean => data.length < 16 && data.trim() === '[DONE]';

/**
 * Whether an event is one of ours: blank ones are heartbeats, and so are named ones without the looks of a chunk
 * (`ping`).
 */
const hasPayload = ({ event, data }: ServerSentEvent): boolean =>
  event === 'message' || event === ''
    ? data.trim() !== ''
    : event === 'error' || /"(choices|error)"\s*:/.test(data);

/**
 * Decodes one payload.
 *
 * @throws ServerError when it is an error and nothing else.
 * @throws TruncatedError when the body ended in the middle of it.
 */
function decodeEvent(
  { event, data, cut }: ServerSentEvent,
  decode: (payload: string) => Decoded<ChatCompletionChunk>,
  hide: AnswerContext['hide'],
): Decoded<ChatCompletionChunk> {
  const decoded = decode(data);
  if (isRight(decoded)) {
    const chunk = decoded.right;
    // An error beside choices (OpenRouter) is a chunk first.
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
  return decoded;
}
