import { right } from 'fp-ts/Either';
import { defer, pipe, throwError, type Observable, type OperatorFunction } from 'rxjs';

import { concatItems } from '../rx/concatItems';
import { bodyKindOf } from '../response/mediaType';
import type { Reading } from '../response/readResponse';
import type { Bytes, ResponseHead } from '../transport/transport';
import { call$ } from './call';
import type { ResponseContext } from '../response/ResponseContext';
import { ChatCompletion } from '../codec/ChatCompletion';
import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import type { Decoded } from '../decode/decode';
import { Ending } from '../response/Ending';
import { syntheticChunk } from '../response/syntheticChunk';
import type { ChatConfig } from './config';
import { isActivity } from './isActivity';
import { ProtocolError } from '../errors';
import type { ChatRequest } from '../request/ChatRequest';
import { streamedFields } from '../request/jsonBody';
import { toChunks } from '../response/toChunks';
import { failUnexpectedBody, toJson } from '../response/toJson';

/**
 * Asks for a chat completion and streams its chunks, each decoded.
 *
 * Cold: each subscription sends one request, and unsubscribing aborts it in the same tick. A payload that cannot be
 * read is a `Left` and the stream goes on; whatever ends the stream is an error notification. It completes at
 * `[DONE]`, or at the end of a body that has given a finish reason.
 *
 * ```text
 * chatCompletion$: ---a-b-L-c---d|    a, b, c = Right(chunk), L = Left(BadJson), d = Right(usage)
 * ```
 *
 * @param config - Where the server is. `{}` is Ollama on this machine.
 * @param request - What is asked. `stream` is set, and usage asked for unless `stream_options` says otherwise.
 * @returns An Observable that errors with one {@link ChatError}: {@link ConnectionError}, {@link HttpError},
 * {@link ServerError}, {@link ChatTimeoutError}, {@link TruncatedError}, {@link LimitError}, {@link AbortedError}, {@link RequestError} or
 * {@link ProtocolError}. What came before it has been delivered.
 *
 * @example The answer so far, again at every chunk that adds to it
 * ```ts
 * import { accumulateContent, chatCompletion$ } from 'rxjs-chat-completions';
 *
 * chatCompletion$({}, { model: 'llama3.2', messages: [{ role: 'user', content: 'Why is the sky blue?' }] })
 *   .pipe(accumulateContent())
 *   .subscribe((text) => console.log(text));
 * ```
 *
 * @see https://platform.openai.com/docs/api-reference/chat-streaming
 */
export function chatCompletion$(
  config: ChatConfig,
  request: ChatRequest,
): Observable<Decoded<ChatCompletionChunk>> {
  return defer(() => {
    const fields = streamedFields(request);
    return call$(
      config,
      { method: 'POST', path: '/chat/completions', accept: 'text/event-stream', fields },
      chunksOfAnswer,
      isActivity,
    );
  });
}

function chunksOfAnswer(head: ResponseHead, context: ResponseContext): Reading<Decoded<ChatCompletionChunk>> {
  const whole = (): ChunkReader => pipe(toJson(ChatCompletion, head, context), asChunks());
  switch (bodyKindOf(head)) {
    case 'events':
      return { byFirstByte: (first) => eventsBeginWith(first) };
    case 'json':
      return whole();
    case 'other':
      return failUnexpectedBody(head, context);
  }

  /** No event stream begins with a brace or a bracket: what does is labelled one by mistake. */
  function eventsBeginWith(first: string): ChunkReader {
    switch (first) {
      case '':
        return () => throwError(() => new ProtocolError('the answer has an empty body'));
      case '{':
      case '[':
        return whole();
      case '<':
        return failUnexpectedBody(head, context);
      default:
        return toChunks(context);
    }
  }
}

type ChunkReader = OperatorFunction<Bytes, Decoded<ChatCompletionChunk>>;

/** A server that does not stream (some, with tools) answers as a whole: one chunk that holds all of it. */
function asChunks(): OperatorFunction<ChatCompletion, Decoded<ChatCompletionChunk>> {
  return concatItems<ChatCompletion, Decoded<ChatCompletionChunk>>((completion) => {
    const ending = new Ending();
    const chunk = right(syntheticChunk(completion));
    ending.saw(chunk);
    return [chunk, ...ending.last(true)];
  });
}
