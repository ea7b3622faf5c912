/**
 * Request fields of Ollama's `/api/chat` that OpenAI does not have, for the `extra` of a request.
 *
 * @example
 * ```ts
 * import { chatCompletion$ } from 'rxjs-chat-completions';
 * import { ollamaApi, ollamaNative, type OllamaNativeExtras } from 'rxjs-chat-completions/dialects';
 *
 * const extra: OllamaNativeExtras = { options: { num_ctx: 32_768 }, keep_alive: '30m', truncate: false };
 * chatCompletion$({ ...ollamaApi, transport: ollamaNative() }, { model: 'llama3.2', messages: [], extra });
 * ```
 */
export type OllamaNativeExtras = {
  /**
   * Parameters of the model by their names in a Modelfile, such as `num_ctx`, the size of the context in tokens. They win over
   * `temperature` and the like in the request.
   */
  readonly options?: Readonly<Record<string, unknown>>;
  /** Time that the model stays loaded after the answer: `'30m'`, or seconds; 0 unloads it, -1 keeps it. Default 5 minutes. */
  readonly keep_alive?: string | number;
  /** Whether the model reasons, or how much: it wins over `reasoning_effort`. */
  readonly think?: boolean | 'low' | 'medium' | 'high' | (string & {});
  /** Whether a history longer than the context loses its oldest messages; `false` makes that an error. Default `true`. */
  readonly truncate?: boolean;
  /** Whether an answer that fills the context goes on without the oldest tokens; `false` ends it with `length`. Default `true`. */
  readonly shift?: boolean;
};
