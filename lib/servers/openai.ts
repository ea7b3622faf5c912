import type { ServerConfig } from './ServerConfig';

/**
 * OpenAI, as of November 2026.
 *
 * It responds with 400 to fields that it does not know. Its reasoning models reject `max_tokens`, and all models read
 * `max_completion_tokens`, so the former is renamed. From GPT-5.4 on, tools beside a `reasoning_effort` other than `'none'` are a
 * 400. It never sends reasoning. Audio models end a stream without a finish reason.
 *
 * @example
 * ```ts
 * import { chatCompletion$ } from 'rxjs-chat-completions';
 * import { openai } from 'rxjs-chat-completions/servers';
 *
 * const messages = [{ role: 'user', content: 'Hi' }] as const;
 * chatCompletion$({ ...openai, apiKey: 'key' }, { model: 'gpt-5-nano', messages, max_tokens: 500 });
 * ```
 *
 * @see https://platform.openai.com/docs/api-reference/chat/create
 */
export const openai: ServerConfig = {
  baseURL: 'https://api.openai.com/v1',
  profile: {
    name: 'openai',
    renames: { max_tokens: 'max_completion_tokens' },
    reasoningField: 'none',
    keyNames: ['OPENAI_API_KEY'],
  },
};
