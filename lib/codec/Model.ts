import * as t from 'io-ts';

import { toLabel, toList, toModel, toModelPage } from './coerce';
import { coerced, reshaped } from './coerced';
import { fields } from './fields';
import { lenientNumber, lenientText } from './lenient';
import { list } from './list';
import { nullable } from './nullable';

/**
 * A model of a server.
 *
 * Unknown fields are kept: llama.cpp's `meta`, OpenRouter's `pricing` and `context_length`.
 *
 * @example
 * ```ts
 * import { map } from 'rxjs';
 * import { models$ } from 'rxjs-chat-completions';
 *
 * models$({}).pipe(map((models) => models.map(({ id }) => id)));
 * ```
 */
export interface Model {
  /** Name of the model in a request. */
  readonly id: string;
  /** `model`. */
  readonly object?: string | null;
  /** Time of its creation, in seconds since 1970. */
  readonly created?: number | null;
  readonly owned_by?: string | null;
}

/** The models of a server, in an object (OpenAI, Ollama, llama.cpp) or as a bare list (Together). */
export type ModelList =
  | readonly Model[]
  | {
      /** `null` at an Ollama without models. */
      readonly data: readonly Model[] | null;
    };

/** The codec of {@link Model}. */
export const Model: t.Type<Model, unknown> = coerced(
  fields({ object: lenientText, created: lenientNumber, owned_by: lenientText }, 'Model', {
    id: coerced(t.string, toLabel),
  }),
  toModel,
);

const ModelPage = reshaped(
  fields({}, 'ModelPage', { data: coerced(nullable(list(Model)), toList('id', 'name')) }),
  toModelPage,
);

/** The codec of {@link ModelList}. Also reads names alone, and the `models` of vLLM's router. */
export const ModelList: t.Type<ModelList, unknown> = t.union([list(Model), ModelPage], 'ModelList');

/**
 * Returns the models of a list of either shape.
 *
 * @example
 * ```ts
 * import { modelsIn } from 'rxjs-chat-completions/codec';
 *
 * console.assert(modelsIn({ data: null }).length === 0);
 * console.assert(modelsIn([{ id: 'llama3.2' }])[0]?.id === 'llama3.2');
 * ```
 */
export const modelsIn = (list: ModelList): readonly Model[] => ('data' in list ? (list.data ?? []) : list);
