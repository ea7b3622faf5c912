import * as t from 'io-ts';

import { toLabel, toList } from '../../codec/coerce';
import { coerced } from '../../codec/coerced';
import { fields } from '../../codec/fields';
import { lenient } from '../../codec/lenient';
import { list } from '../../codec/list';
import { nullable } from '../../codec/nullable';

/** Facts about the file of a model. */
export interface OllamaModelDetails {
  readonly family?: string | null;
  /** Number of parameters, such as `3.2B`. */
  readonly parameter_size?: string | null;
  /** Such as `Q4_K_M`. */
  readonly quantization_level?: string | null;
}

/** A model that Ollama has installed or loaded. Unknown fields are kept. */
export interface OllamaModel {
  /** Name of the model in a request, with its tag: `llama3.2:latest`. */
  readonly name: string;
  /** Bytes: on the disk of an installed model, in memory of a loaded one. */
  readonly size?: number | null;
  readonly digest?: string | null;
  readonly details?: OllamaModelDetails | null;
  /** Time of the last change, as ISO 8601. */
  readonly modified_at?: string | null;
  /** Time at which a loaded model is removed from memory, as ISO 8601. */
  readonly expires_at?: string | null;
  /** Bytes of a loaded model in the memory of the GPU. */
  readonly size_vram?: number | null;
  /** Size of the context of a loaded model, in tokens. */
  readonly context_length?: number | null;
}

/** The models of `/api/tags` and `/api/ps`. */
export interface OllamaModelList {
  readonly models: readonly OllamaModel[] | null;
}

const Details = fields(
  {
    family: lenient(t.string),
    parameter_size: lenient(t.string),
    quantization_level: lenient(t.string),
  },
  'OllamaModelDetails',
);

const OllamaModel: t.Type<OllamaModel, unknown> = fields(
  {
    size: lenient(t.number),
    digest: lenient(t.string),
    details: lenient(Details),
    modified_at: lenient(t.string),
    expires_at: lenient(t.string),
    size_vram: lenient(t.number),
    context_length: lenient(t.number),
  },
  'OllamaModel',
  { name: coerced(t.string, toLabel) },
);

/** The codec of {@link OllamaModelList}. */
export const OllamaModelList: t.Type<OllamaModelList, unknown> = fields({}, 'OllamaModelList', {
  models: coerced(nullable(list(OllamaModel)), toList('name')),
});
