import * as t from 'io-ts';

import { toLabel, toList } from '../../codec/coerce';
import { coerced } from '../../codec/coerced';
import { fields } from '../../codec/fields';
import { lenient, lenientNumber, lenientText } from '../../codec/lenient';
import { list } from '../../codec/list';
import { nullable } from '../../codec/nullable';

/** Format and size of a model. */
export interface OllamaModelDetails {
  /** `gguf`, `safetensors`, … */
  readonly format?: string | null;
  /** `llama`, `qwen3`, … */
  readonly family?: string | null;
  /** `3.2B`. */
  readonly parameter_size?: string | null;
  /** `Q4_K_M`. */
  readonly quantization_level?: string | null;
  /** Longest context that the model supports, in tokens. */
  readonly context_length?: number | null;
}

/**
 * A model that is installed or loaded. Unknown fields are kept.
 *
 * @example
 * ```ts
 * import type { OllamaModel } from 'rxjs-chat-completions/dialects';
 *
 * const isOnGPU = ({ size, size_vram }: OllamaModel): boolean => size != null && size_vram === size;
 * ```
 */
export interface OllamaModel {
  /** Name of the model in a request, with its tag: `llama3.2:latest`. */
  readonly name: string;
  /** Bytes on disk, or in memory if it is loaded. */
  readonly size?: number | null;
  readonly digest?: string | null;
  readonly details?: OllamaModelDetails | null;
  /** `completion`, `tools`, `thinking`, `vision`, …; of an installed model. */
  readonly capabilities?: readonly string[] | null;
  /** Time of the last change, as ISO 8601; of an installed model. */
  readonly modified_at?: string | null;
  /** Time at which it will be unloaded, as ISO 8601; of a loaded model. */
  readonly expires_at?: string | null;
  /** Bytes on the GPU; of a loaded model. */
  readonly size_vram?: number | null;
  /** Size of the context that it was loaded with (`num_ctx`), in tokens; of a loaded model. */
  readonly context_length?: number | null;
}

const OllamaModelDetails: t.Type<OllamaModelDetails, unknown> = fields(
  {
    format: lenientText,
    family: lenientText,
    parameter_size: lenientText,
    quantization_level: lenientText,
    context_length: lenientNumber,
  },
  'OllamaModelDetails',
);

/** The codec of {@link OllamaModel}. */
export const OllamaModel: t.Type<OllamaModel, unknown> = fields(
  {
    size: lenientNumber,
    digest: lenientText,
    details: lenient(OllamaModelDetails),
    capabilities: lenient(list(t.string as t.Type<string, unknown>)),
    modified_at: lenientText,
    expires_at: lenientText,
    size_vram: lenientNumber,
    context_length: lenientNumber,
  },
  'OllamaModel',
  { name: coerced(t.string, toLabel) },
);

/** The codec of a list of models. */
export const OllamaModelList = fields({}, 'OllamaModelList', {
  models: coerced(nullable(list(OllamaModel)), toList('name')),
});
