import type { ServerConfig } from './ServerConfig';

/**
 * DeepSeek, as of November 2026.
 *
 * It requires the reasoning of every message with tool calls back, or responds with 400. While a model reasons, it ignores
 * `temperature`, `top_p` and both penalties, and older ones reject `logprobs`. It keeps a waiting connection open by comments.
 * Its extra field is `DeepSeekExtras`.
 *
 * @example
 * ```ts
 * import { chatCompletion$ } from 'rxjs-chat-completions';
 * import { deepSeek } from 'rxjs-chat-completions/servers';
 *
 * const extra = { thinking: { type: 'disabled' } };
 * const messages = [{ role: 'user', content: 'Hi' }] as const;
 * chatCompletion$({ ...deepSeek, apiKey: 'key' }, { model: 'deepseek-chat', messages, extra });
 * ```
 *
 * @see https://api-docs.deepseek.com/api/create-chat-completion
 */
export const deepSeek: ServerConfig = {
  baseURL: 'https://api.deepseek.com',
  profile: {
    name: 'deepseek',
    ignores: ['seed'],
    renames: { max_completion_tokens: 'max_tokens' },
    developerRole: 'system',
    reasoningField: 'reasoning_content',
    keyNames: ['DEEPSEEK_API_KEY'],
  },
};
