import { map, pipe, type Observable } from 'rxjs';

import { call$ } from '../../call/call';
import type { ChatConfig } from '../../call/config';
import { deferCall } from '../../call/deferCall';
import { toJson } from '../../response/toJson';
import { apiConfig } from './apiConfig';
import { OllamaModelList, type OllamaModel } from './OllamaModel';

/**
 * Lists the models that are installed on an Ollama.
 *
 * @param config - Address and settings of the server. `{}` is Ollama on this machine. A `/v1` at the end of `baseURL` is left out.
 * @returns A cold Observable of one list, empty if there are none. It errors as `models$` does.
 *
 * @example
 * ```ts
 * import { ollamaModels$ } from 'rxjs-chat-completions/dialects';
 *
 * ollamaModels$({}).subscribe((models) => console.log(models.map(({ name, size }) => `${name}: ${size} bytes`)));
 * ```
 *
 * @see https://docs.ollama.com/api/tags
 */
export const ollamaModels$ = (config: ChatConfig): Observable<readonly OllamaModel[]> =>
  modelsAt('/api/tags', config);

/**
 * Lists the models that an Ollama has loaded into memory, with the size of their context.
 *
 * @param config - Address and settings of the server, as for {@link ollamaModels$}.
 * @returns A cold Observable of one list, empty if there are none. It errors as `models$` does.
 *
 * @example
 * ```ts
 * import { loadedOllamaModels$ } from 'rxjs-chat-completions/dialects';
 *
 * loadedOllamaModels$({}).subscribe((models) => {
 *   for (const { name, context_length, expires_at } of models) console.log(name, context_length, expires_at);
 * });
 * ```
 *
 * @see https://docs.ollama.com/api/ps
 */
export const loadedOllamaModels$ = (config: ChatConfig): Observable<readonly OllamaModel[]> =>
  modelsAt('/api/ps', config);

const modelsAt = (path: string, config: ChatConfig): Observable<readonly OllamaModel[]> =>
  deferCall(config, (checked, attempt) =>
    call$(
      apiConfig(checked),
      { operation: 'models', attempt, path, accept: 'application/json' },
      (head, context) =>
        pipe(
          toJson(OllamaModelList, head, context),
          map(({ models }) => models ?? []),
        ),
    ),
  );
