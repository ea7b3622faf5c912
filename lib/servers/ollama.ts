import type { ServerConfig } from './ServerConfig';

/**
 * Ollama's `/v1` on this machine, from the request struct in its source of August 2026.
 *
 * It ignores every field that is not in the struct, so any other field is reported: `tool_choice`, `n` and a misspelt
 * `temprature` too. `options` (with `num_ctx`), `think` and `keep_alive` belong to Ollama's own API: set them in a Modelfile
 * instead. `reasoning_effort: 'none'` stops a model from reasoning, and an unknown effort is a 400. A crash of the model ends the
 * stream without an error: `TruncatedError`. Its extra fields are `OllamaExtras`. Only ollama.com needs a key.
 *
 * @example
 * ```ts
 * import { chatCompletion$ } from 'rxjs-chat-completions';
 * import { ollama } from 'rxjs-chat-completions/servers';
 *
 * const hooks = { onIgnored: (field: string) => console.warn(`Ollama ignores ${field}`) };
 * chatCompletion$({ ...ollama, hooks }, { model: 'llama3.2', messages: [{ role: 'user', content: 'Hi' }], n: 2 });
 * ```
 *
 * @see https://docs.ollama.com/api/openai-compatibility
 */
export const ollama: ServerConfig = {
  baseURL: 'http://localhost:11434/v1',
  profile: {
    name: 'ollama',
    reads: [
      '_debug_render_only',
      'frequency_penalty',
      'logprobs',
      'max_tokens',
      'messages',
      'model',
      'presence_penalty',
      'reasoning',
      'reasoning_effort',
      'response_format',
      'seed',
      'stop',
      'stream',
      'stream_options',
      'temperature',
      'tools',
      'top_logprobs',
      'top_p',
    ],
    renames: { max_completion_tokens: 'max_tokens' },
    developerRole: 'system',
    reasoningField: 'reasoning',
    keyNames: ['OLLAMA_API_KEY'],
  },
};
