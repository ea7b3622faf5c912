/**
 * A request for embeddings, one vector a text.
 *
 * @example
 * ```ts
 * import type { EmbeddingsRequest } from 'rxjs-chat-completions';
 *
 * const request: EmbeddingsRequest = { model: 'nomic-embed-text', input: ['a cat', 'a dog'] };
 * ```
 */
export interface EmbeddingsRequest {
  /** The embedding model, as the server names it. */
  readonly model: string;
  /**
   * A text or a list of texts; or a text as token ids, or a list of these.
   *
   * OpenAI rejects empty texts, more than 2048 inputs, 8192 tokens in one or 300,000 in all. Ollama documents text only.
   */
  readonly input: string | readonly string[] | readonly number[] | readonly (readonly number[])[];
  /** Length of the vectors, for models that can shorten them (`text-embedding-3` and later). */
  readonly dimensions?: number;
  /**
   * `'float'`, the default: numbers. `'base64'`: 32-bit floats, little endian, in base64; about a quarter of the bytes.
   */
  readonly encoding_format?: 'float' | 'base64' | (string & {});
  /** Id of the end user, by which OpenAI detects misuse. Ollama ignores it. */
  readonly user?: string;
  /**
   * Fields of a particular server, merged unchanged into the top level of the JSON body. They override fields of the same
   * name.
   */
  readonly extra?: Readonly<Record<string, unknown>>;
}
