/**
 * Request fields of Ollama's own API that OpenAI does not have, for `extra`.
 *
 * Only `ollamaNative` sends them. Ollama's `/v1` ignores them.
 *
 * @example
 * ```ts
 * import type { ChatRequest } from 'rxjs-chat-completions';
 * import type { OllamaNativeExtras } from 'rxjs-chat-completions/dialects';
 *
 * const extra: OllamaNativeExtras = { options: { num_ctx: 16_384 }, keep_alive: '30m', truncate: false };
 * const request: ChatRequest = { model: 'llama3.2', messages: [{ role: 'user', content: 'Hi' }], extra };
 * ```
 *
 * @see https://docs.ollama.com/api/chat
 */
export type OllamaNativeExtras = {
  /**
   * Options of the model. They override those that other fields of the request set.
   *
   * `num_ctx`, `top_k`, `min_p` and `repeat_penalty` are read beside this field as well.
   */
  readonly options?: OllamaOptions;
  /**
   * Time that the model stays loaded after the answer: seconds, or a duration such as `'10m'`. Default `'5m'`.
   *
   * A negative value keeps it loaded, `0` unloads it.
   */
  readonly keep_alive?: string | number;
  /** Whether the model reasons, or how much. Overrides `reasoning_effort`. Default: as the model does. */
  readonly think?: boolean | 'low' | 'medium' | 'high' | 'max' | (string & {});
  /**
   * Whether the oldest messages are left out if the prompt is longer than the context; default `true`. With `false` such a
   * request fails.
   */
  readonly truncate?: boolean;
  /**
   * Whether the oldest part of the context is dropped while the model writes beyond its end; default `true`. With `false` the
   * answer ends with the finish reason `length`.
   */
  readonly shift?: boolean;
  /** `'json'`, or a JSON schema. Overrides `response_format`. */
  readonly format?: 'json' | Readonly<Record<string, unknown>>;
};

/** Options of a model. A name that is not listed here is sent as well. */
export type OllamaOptions = {
  /** Size of the context in tokens: prompt and answer together. Another size loads the model again. */
  readonly num_ctx?: number;
  /** The most tokens of the answer; set by `max_completion_tokens` or `max_tokens` of the request. */
  readonly num_predict?: number;
  /** Tokens at the start of the prompt that a shift keeps. */
  readonly num_keep?: number;
  /** Layers on the GPU. */
  readonly num_gpu?: number;
  readonly num_batch?: number;
  readonly num_thread?: number;
  readonly top_k?: number;
  readonly min_p?: number;
  readonly typical_p?: number;
  readonly repeat_last_n?: number;
  readonly repeat_penalty?: number;
  readonly [name: string]: unknown;
};
