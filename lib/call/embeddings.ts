import type { Observable } from 'rxjs';

import { Embeddings } from '../codec/Embeddings';
import { bodyFields } from '../request/bodyFields';
import type { EmbeddingsRequest } from '../request/EmbeddingsRequest';
import { toJson } from '../response/toJson';
import { call$ } from './call';
import type { ChatConfig } from './config';
import { deferCall } from './deferCall';

/**
 * Sends an embeddings request and emits a vector for each input.
 *
 * @param config - Address and settings of the server. `{}` is Ollama on this machine.
 * @param request - The model and its input.
 * @returns A cold Observable of one list of vectors. It errors as {@link completion$} does.
 *
 * @example
 * ```ts
 * import { embeddings$ } from 'rxjs-chat-completions';
 *
 * embeddings$({}, { model: 'nomic-embed-text', input: ['one', 'two'] }).subscribe(({ data }) => console.log(data.length));
 * ```
 *
 * @see https://platform.openai.com/docs/api-reference/embeddings
 */
export function embeddings$(config: ChatConfig, request: EmbeddingsRequest): Observable<Embeddings> {
  return deferCall(config, (checked, attempt) =>
    call$(
      checked,
      {
        operation: 'embeddings',
        attempt,
        path: '/embeddings',
        accept: 'application/json',
        fields: bodyFields(request),
      },
      (head, context) => toJson(Embeddings, head, context),
      ({ usage }, report) => report.add({ usage }),
    ),
  );
}
