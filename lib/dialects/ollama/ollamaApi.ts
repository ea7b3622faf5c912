import { ollama } from '../../servers/ollama';
import type { ServerConfig } from '../../servers/ServerConfig';

/**
 * Ollama's own API on this machine: the fields that {@link ollamaNative} translates, so that any other is reported as ignored.
 *
 * From the request struct in its source of August 2026.
 *
 * @example
 * ```ts
 * import { chatCompletion$ } from 'rxjs-chat-completions';
 * import { ollamaApi, ollamaNative } from 'rxjs-chat-completions/dialects';
 *
 * const hooks = { onIgnored: (field: string) => console.warn(`Ollama ignores ${field}`) };
 * chatCompletion$({ ...ollamaApi, transport: ollamaNative(), hooks }, { model: 'llama3.2', messages: [], n: 2 });
 * ```
 *
 * @see https://docs.ollama.com/api/chat
 */
export const ollamaApi: ServerConfig = {
  ...ollama,
  profile: {
    ...ollama.profile,
    reads: [
      'frequency_penalty',
      'keep_alive',
      'logprobs',
      'max_completion_tokens',
      'max_tokens',
      'messages',
      'model',
      'options',
      'presence_penalty',
      'reasoning',
      'reasoning_effort',
      'response_format',
      'seed',
      'shift',
      'stop',
      'stream',
      'stream_options',
      'temperature',
      'think',
      'tools',
      'top_logprobs',
      'top_p',
      'truncate',
    ],
  },
};
