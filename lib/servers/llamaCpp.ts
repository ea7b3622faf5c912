import type { ServerConfig } from './ServerConfig';

/**
 * `llama-server` of llama.cpp on this machine, as of November 2026.
 *
 * It ignores `model` if it serves one. `logprobs` beside tools, and a grammar beside tools, are rejected. An error in the middle
 * of an answer arrives as an event under status 200: `ServerError`. Its extra fields are `LlamaCppExtras`. It needs a key if it
 * was started with `--api-key`.
 *
 * @example
 * ```ts
 * import { chatCompletion$ } from 'rxjs-chat-completions';
 * import { llamaCpp } from 'rxjs-chat-completions/servers';
 *
 * chatCompletion$(llamaCpp, { model: 'any', messages: [{ role: 'user', content: 'Hi' }], extra: { top_k: 40 } });
 * ```
 *
 * @see https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md
 */
export const llamaCpp: ServerConfig = {
  baseURL: 'http://localhost:8080/v1',
  profile: {
    name: 'llama.cpp',
    developerRole: 'system',
    reasoningField: 'reasoning_content',
    keyNames: ['LLAMA_API_KEY'],
  },
};
