/**
 * Request fields of Ollama's `/v1/chat/completions` that OpenAI does not have.
 *
 * There is only one. `options` (with `num_ctx`), `think`, `keep_alive` and `format` belong to Ollama's own API and are ignored
 * on `/v1`. Set the context size in a Modelfile or by `OLLAMA_CONTEXT_LENGTH`, and reasoning by `reasoning_effort`.
 */
export type OllamaExtras = {
  /** Ollama: another spelling of `reasoning_effort`, which it overrides. Unknown values cause a 400. */
  readonly reasoning?: { readonly effort?: string };
};
