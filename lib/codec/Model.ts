import * as t from 'io-ts';

import { nullable } from './nullable';

/**
 * A model that a server has.
 *
 * What else a server tells of it is kept: llama.cpp's `meta`, OpenRouter's `pricing` and `context_length`.
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
  /** The name to ask for. */
  readonly id: string;
  /** `model`. */
  readonly object?: string | null;
  /** In seconds since 1970. */
  readonly created?: number | null;
  readonly owned_by?: string | null;
}

/** The models of a server as an object (OpenAI, Ollama, llama.cpp) or as a bare list (Together). */
export type ModelList =
  | readonly Model[]
  | {
      /** `null` at an Ollama that has no model yet. */
      readonly data: readonly Model[] | null;
    };

/** The codec of {@link Model}. */
export const Model: t.Type<Model, unknown> = t.intersection(
  [
    t.type({ id: t.string }),
    t.partial({ object: nullable(t.string), created: nullable(t.number), owned_by: nullable(t.string) }),
  ],
  'Model',
);

/** The codec of {@link ModelList}. */
export const ModelList: t.Type<ModelList, unknown> = t.union(
  [t.readonlyArray(Model), t.type({ data: nullable(t.readonlyArray(Model)) })],
  'ModelList',
);

/**
 * The models of a list, whichever shape it came in.
 *
 * @example
 * ```ts
 * import { modelsIn } from 'rxjs-chat-completions';
 *
 * console.assert(modelsIn({ data: null }).length === 0);
 * console.assert(modelsIn([{ id: 'llama3.2' }])[0]?.id === 'llama3.2');
 * ```
 */
export const modelsIn = (list: ModelList): readonly Model[] => ('data' in list ? (list.data ?? []) : list);
