import { map, pipe, type Observable } from 'rxjs';

import { deferCounted } from '../../rx/deferCounted';
import { call$ } from '../../call/call';
import type { ChatConfig } from '../../call/config';
import { toJson } from '../../response/toJson';
import { apiOf } from './apiOf';
import { OllamaModelList, type OllamaModel } from './OllamaModel';

/**
 * Lists the models that Ollama has installed.
 *
 * @param config - Address and settings of the server; its base URL may end in `/v1`. `{}` is Ollama on this machine.
 * @returns A cold Observable of one list, which errors as {@link completion$} does.
 *
 * @example
 * ```ts
 * import { installedModels$ } from 'rxjs-chat-completions/dialects';
 *
 * installedModels$({}).subscribe((models) => console.log(models.map(({ name, size }) => [name, size])));
 * ```
 *
 * @see https://docs.ollama.com/api/tags
 */
export const installedModels$ = (config: ChatConfig): Observable<readonly OllamaModel[]> =>
  listOf(config, '/api/tags');

/**
 * Lists the models that Ollama has loaded into memory, with their context and the time of their removal.
 *
 * @param config - Address and settings of the server; its base URL may end in `/v1`. `{}` is Ollama on this machine.
 * @returns A cold Observable of one list, which errors as {@link completion$} does.
 *
 * @example
 * ```ts
 * import { loadedModels$ } from 'rxjs-chat-completions/dialects';
 *
 * loadedModels$({}).subscribe((models) => console.log(models.map(({ name, context_length }) => [name, context_length])));
 * ```
 *
 * @see https://docs.ollama.com/api/ps
 */
export const loadedModels$ = (config: ChatConfig): Observable<readonly OllamaModel[]> =>
  listOf(config, '/api/ps');

const listOf = (config: ChatConfig, path: string): Observable<readonly OllamaModel[]> =>
  deferCounted((attempt) =>
    call$(
      apiOf(config),
      { operation: 'models', attempt, method: 'GET', path, accept: 'application/json' },
      (head, context) =>
        pipe(
          toJson(OllamaModelList, head, context),
          map(({ models }) => models ?? []),
        ),
    ),
  );
