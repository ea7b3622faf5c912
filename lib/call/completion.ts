import { defer, type Observable } from 'rxjs';

import { call$ } from './call';
import { ChatCompletion } from '../codec/ChatCompletion';
import type { ChatConfig } from './config';
import type { ChatRequest } from '../request/ChatRequest';
import { completionFields } from '../request/jsonBody';
import { toJson } from '../response/toJson';

/**
 * Asks for a chat completion in one piece: the same request as {@link chatCompletion$}, one value, not streamed.
 *
 * @param config - Where the server is. `{}` is Ollama on this machine.
 * @param request - What is asked. `stream_options` is left out: it is for streams.
 * @returns A cold Observable of one completion. It errors as {@link chatCompletion$} does, and with
 * {@link ProtocolError} when the answer is no completion.
 *
 * @example
 * ```ts
 * import { completion$ } from 'rxjs-chat-completions';
 *
 * completion$({}, { model: 'llama3.2', messages: [{ role: 'user', content: 'Say hello' }] }).subscribe(({ choices }) =>
 *   console.log(choices?.[0]?.message?.content),
 * );
 * ```
 *
 * @see https://platform.openai.com/docs/api-reference/chat/create
 */
export function completion$(config: ChatConfig, request: ChatRequest): Observable<ChatCompletion> {
  return defer(() =>
    call$(
      config,
      {
        method: 'POST',
        path: '/chat/completions',
        accept: 'application/json',
        fields: completionFields(request),
      },
      (head, context) => toJson(ChatCompletion, head, context),
    ),
  );
}
