import { map, pipe, type Observable } from 'rxjs';

import { ModelList, modelsIn, type Model } from '../codec/Model';
import { toJson } from '../response/toJson';
import { call$ } from './call';
import type { ChatConfig } from './config';
import { deferCall } from './deferCall';

/**
 * Lists the models of a server.
 *
 * @param config - Address and settings of the server. `{}` is Ollama on this machine.
 * @returns A cold Observable of one list, empty if there are none (an Ollama without models sends `data: null`). It errors as
 * {@link completion$} does.
 *
 * @example
 * ```ts
 * import { models$ } from 'rxjs-chat-completions';
 *
 * models$({}).subscribe((models) => console.log(models.map(({ id }) => id)));
 * ```
 *
 * @see https://platform.openai.com/docs/api-reference/models/list
 */
export function models$(config: ChatConfig): Observable<readonly Model[]> {
  return deferCall(config, (checked, attempt) =>
    call$(
      checked,
      { operation: 'models', attempt, path: '/models', accept: 'application/json' },
      (head, context) => pipe(toJson(ModelList, head, context), map(modelsIn)),
    ),
  );
}
