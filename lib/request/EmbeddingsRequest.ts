/**
 * A request for embeddings: texts in, a vector for each.
 *
 * @example
 * ```ts
 * import type { EmbeddingsRequest } from 'rxjs-chat-completions';
 *
 * const request: EmbeddingsRequest = { model: 'nomic-embed-text', input: ['a cat', 'a dog'] };
 * ```
 */
export interface EmbeddingsRequest {
  /** A model made for embeddings, as the server names it. */
  readonly model: string;
  /**
   * One text, several, one text as token ids, or several of these.
   *
   * OpenAI takes no empty text, at most 2048 inputs, 8192 tokens in each and 300,000 in all. Ollama documents
   * text only.
   */
  readonly input: string | readonly string[] | readonly number[] | readonly (readonly number[])[];
  /** The length of the vectors, for models that can shorten them (`text-embedding-3` and later). */
  readonly dimensions?: number;
  /**
   * `'float'`, the default: numbers. `'base64'`: the same as 32-bit floats, little endian, in base64, a
   * quarter of the bytes or so.
   */
  readonly encoding_format?: 'float' | 'base64' | (string & {});
  /** Your own id for the end user, for OpenAI to tell misuse by. Ollama ignores it. */
  readonly user?: string;
  /**
   * What a server reads beyond these, merged into the top level of the JSON body untouched; it wins over a
   * field of the same name.
   */
  readonly extra?: Readonly<Record<string, unknown>>;
}
