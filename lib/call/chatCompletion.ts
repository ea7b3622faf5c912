import { isRight } from 'fp-ts/Either';
import { finalize, type Observable } from 'rxjs';

import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import { fieldsOf } from '../codec/isRecord';
import type { Decoded } from '../decode/decode';
import { hasOutput } from '../fold/hasOutput';
import { streamedFields } from '../request/bodyFields';
import type { ChatRequest } from '../request/ChatRequest';
import type { ExpectedAnswer } from '../response/ExpectedAnswer';
import { readChunks } from '../response/readChunks';
import { call$ } from './call';
import type { ChatConfig } from './config';
import { deferCall } from './deferCall';
import { keepCompiled } from './keepCompiled';

/**
 * Sends a chat completion request and emits the decoded chunks of its response.
 *
 * Cold: each subscription sends one request, and unsubscribing aborts it in the same tick. A payload that cannot be decoded is
 * a `Left`, and the stream continues; fatal failures arrive as error notifications. The stream completes at `[DONE]`, or at the end
 * of a body that contains a finish reason.
 *
 * ```text
 * chatCompletion$: ---a-b-L-c---d|    a, b, c = Right(chunk), L = Left(BadJson), d = Right(usage)
 * ```
 *
 * @param config - Address and settings of the server. `{}` is Ollama on this machine.
 * @param request - The request. `stream` is set, and usage is requested unless `stream_options` is set otherwise.
 * @returns An Observable that errors with one {@link ChatError}: {@link ConnectionError}, {@link HttpError},
 * {@link ServerError}, {@link ChatTimeoutError}, {@link TruncatedError}, {@link LimitError}, {@link AbortedError}, {@link RequestError} or
 * {@link ProtocolError}. Everything received before the error is emitted before it.
 *
 * @example Print the text so far at each chunk that adds to it
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
  return deferCall(config, (checked, attempt) =>
    call$(
      checked,
      {
        operation: 'chat',
        attempt,
        path: '/chat/completions',
        accept: 'text/event-stream',
        fields: streamedFields(request, checked.profile),
      },
      (head, context, fields) => readChunks(head, context, expectedOf(fields)),
      (decoded, report) => {
        if (isRight(decoded)) report.add(decoded.right, hasOutput);
      },
    ),
  ).pipe(finalize(() => keepCompiled((nowhere) => chatCompletion$(nowhere, { model: '', messages: [] }))));
}

/** Returns the expectations of a request. */
const expectedOf = ({ n, stream_options }: Readonly<Record<string, unknown>>): ExpectedAnswer => ({
  isOne: (n ?? 1) === 1,
  hasUsage: fieldsOf(stream_options).include_usage === true,
});
