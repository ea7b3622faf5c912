import * as t from 'io-ts';

import { toEmbeddings, toList, toVector } from './coerce';
import { coerced } from './coerced';
import { fields } from './fields';
import { lenient, lenientNumber, lenientText } from './lenient';
import { list } from './list';
import { index } from './scalars';

/** The vector of a text. Texts of similar meaning have vectors close to each other. */
export interface Embedding {
  /** Index of the text in the request. */
  readonly index?: number | null;
  /** Coordinates; with `encoding_format: 'base64'`, 32-bit floats, little endian, in base64. */
  readonly embedding: readonly number[] | string;
  /** `embedding`. */
  readonly object?: string | null;
}

/** Tokens of a request for embeddings. */
export interface EmbeddingsUsage {
  readonly prompt_tokens?: number | null;
  readonly total_tokens?: number | null;
}

/**
 * The embeddings of the texts of a request.
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
export const Embedding: t.Type<Embedding, unknown> = fields({ index, object: lenientText }, 'Embedding', {
  embedding: coerced(t.union([list(t.number), t.string]), toVector),
});

const EmbeddingsUsage: t.Type<EmbeddingsUsage, unknown> = fields(
  { prompt_tokens: lenientNumber, total_tokens: lenientNumber },
  'EmbeddingsUsage',
);

/** The codec of {@link Embeddings}. Also reads the list alone that llama.cpp returns at `/embeddings` without `/v1`. */
export const Embeddings: t.Type<Embeddings, unknown> = coerced(
  fields({ model: lenientText, usage: lenient(EmbeddingsUsage), object: lenientText }, 'Embeddings', {
    data: coerced(list(Embedding), toList('embedding')),
  }),
  toEmbeddings,
);
