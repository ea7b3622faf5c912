import { map, pipe, type Observable } from 'rxjs';

import { ChatCompletion } from '../codec/ChatCompletion';
import { completionFields } from '../request/bodyFields';
import type { ChatRequest } from '../request/ChatRequest';
import { withoutFailure } from '../response/errors/serverError';
import { toJson } from '../response/toJson';
import { call$ } from './call';
import type { ChatConfig } from './config';
import { deferCall } from './deferCall';

/**
 * Sends a chat completion request without streaming, and emits the completion.
 *
 * @param config - Address and settings of the server. `{}` is Ollama on this machine.
 * @param request - The same request as for {@link chatCompletion$}. `stream_options` is not sent, since it applies to streams only.
 * @returns A cold Observable of one completion. It errors as {@link chatCompletion$} does, also with
 * {@link ServerError} if a finish reason names a failure, and with {@link ProtocolError} if the response is not a completion.
 *
 * @example
 * ```ts
 * import { completion$ } from 'rxjs-chat-completions';
 *
 * completion$({}, { model: 'llama3.2', messages: [{ role: 'user', content: 'Say hello' }] }).subscribe(({ choices }) =>
 *   console.log(choices[0]?.message?.content),
 * );
 * ```
 *
 * @see https://platform.openai.com/docs/api-reference/chat/create
 */
export function completion$(config: ChatConfig, request: ChatRequest): Observable<ChatCompletion> {
  return deferCall(config, (checked, attempt) =>
    call$(
      checked,
      {
        operation: 'chat',
        attempt,
        path: '/chat/completions',
        accept: 'application/json',
        fields: completionFields(request, checked.profile),
      },
      (head, context) => pipe(toJson(ChatCompletion, head, context), map(withoutFailure)),
      (completion, report) => report.add(completion),
    ),
  );
}
