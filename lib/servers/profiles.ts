/**
 * What a known server does with fields it does not support.
 *
 * The request types allow everything that OpenAI documents; a server that ignores a field says nothing, and one that
 * rejects it fails the call. A profile makes the first visible (`hooks.onIgnored`) and avoids the second.
 */
export interface Profile {
  readonly name: string;
  /** Fields the server accepts and does nothing with; sent, and reported to the hooks. */
  readonly ignores: readonly string[];
  /** Fields the server answers with an error; left out. */
  readonly rejects: readonly string[];
}

/**
 * Ollama's `/v1`, as of its source of August 2026.
 *
 * `options` (and with it `num_ctx`) and `keep_alive` are for its own API: set them in a Modelfile instead. Use
 * `max_tokens`, not `max_completion_tokens`, and `reasoning_effort: 'none'` to stop a model from thinking.
 *
 * @example
 * ```ts
 * import { chatCompletion$, ollama } from 'rxjs-chat-completions';
 *
 * const hooks = { onIgnored: (field: string) => console.warn(`Ollama ignores ${field}`) };
 * chatCompletion$({ profile: ollama, hooks }, { model: 'llama3.2', messages: [], n: 2 });
 * ```
 *
 * @see https://docs.ollama.com/api/openai-compatibility
 */
export const ollama: Profile = {
  name: 'ollama',
  ignores: [
    'function_call',
    'functions',
    'keep_alive',
    'logit_bias',
    'max_completion_tokens',
    'n',
    'options',
    'parallel_tool_calls',
    'think',
    'tool_choice',
    'user',
  ],
  rejects: [],
};
