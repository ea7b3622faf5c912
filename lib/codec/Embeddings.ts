import * as t from 'io-ts';

import { toList } from './coerce';
import { coerced } from './coerced';
import { fields } from './fields';
import { lenient } from './lenient';
import { list } from './list';
import { index, lenientNumber, lenientText } from './scalars';

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
  embedding: t.union([list(t.number), t.string]),
});

const EmbeddingsUsage: t.Type<EmbeddingsUsage, unknown> = fields(
  { prompt_tokens: lenientNumber, total_tokens: lenientNumber },
  'EmbeddingsUsage',
);

/** The codec of {@link Embeddings}. */
export const Embeddings: t.Type<Embeddings, unknown> = fields(
  { model: lenientText, usage: lenient(EmbeddingsUsage), object: lenientText },
  'Embeddings',
  { data: coerced(list(Embedding), toList('embedding')) },
);
