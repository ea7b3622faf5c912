import * as t from 'io-ts';

import { nullable } from './nullable';

/** A text as a point in space: near to the points of texts that mean something similar. */
export interface Embedding {
  /** Which of the texts sent. */
  readonly index?: number | null;
  /** Coordinates; or, where `encoding_format: 'base64'` asked for it, 32-bit floats, little endian, in base64. */
  readonly embedding: readonly number[] | string;
  /** `embedding`. */
  readonly object?: string | null;
}

/** Tokens that embeddings cost. */
export interface EmbeddingsUsage {
  readonly prompt_tokens?: number | null;
  readonly total_tokens?: number | null;
}

/**
 * An embedding of each text that was sent.
 *
 * @example
 * ```ts
 * import { map } from 'rxjs';
 * import { embeddings$ } from 'rxjs-chat-completions';
 *
 * embeddings$({}, { model: 'nomic-embed-text', input: 'Why is the sky blue?' }).pipe(
 *   map(({ data }) => data[0]?.embedding.length),
 * );
 * ```
 */
export interface Embeddings {
  readonly data: readonly Embedding[];
  readonly model?: string | null;
  readonly usage?: EmbeddingsUsage | null;
  /** `list`. */
  readonly object?: string | null;
}

/** The codec of {@link Embedding}. */
export const Embedding: t.Type<Embedding, unknown> = t.intersection(
  [
    t.type({ embedding: t.union([t.readonlyArray(t.number), t.string]) }),
    t.partial({ index: nullable(t.number), object: nullable(t.string) }),
  ],
  'Embedding',
);

const EmbeddingsUsage: t.Type<EmbeddingsUsage, unknown> = t.partial(
  { prompt_tokens: nullable(t.number), total_tokens: nullable(t.number) },
  'EmbeddingsUsage',
);

/** The codec of {@link Embeddings}. */
export const Embeddings: t.Type<Embeddings, unknown> = t.intersection(
  [
    t.type({ data: t.readonlyArray(Embedding) }),
    t.partial({ model: nullable(t.string), usage: nullable(EmbeddingsUsage), object: nullable(t.string) }),
  ],
  'Embeddings',
);
