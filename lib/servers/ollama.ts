import type { Profile } from './Profile';

/**
 * Profile of Ollama's `/v1`, after its source of August 2026.
 *
 * `options` (with `num_ctx`) and `keep_alive` belong to Ollama's own API: set them in a Modelfile instead. Use `max_tokens`,
 * not `max_completion_tokens`, and `reasoning_effort: 'none'` to stop a model from thinking.
 *
 * @example
 * ```ts
 * import { chatCompletion$ } from 'rxjs-chat-completions';
 * import { ollama } from 'rxjs-chat-completions/servers';
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
