import type { ServerConfig } from './ServerConfig';

/**
 * Together, as of November 2026.
 *
 * The finish reason of some models is `eos`. Its seeds are beyond the exact integers of JavaScript. Schemas are not strict.
 * `reasoning: { enabled: false }` in `extra` turns reasoning off.
 *
 * @example
 * ```ts
 * import { chatCompletion$ } from 'rxjs-chat-completions';
 * import { together } from 'rxjs-chat-completions/servers';
 *
 * const messages = [{ role: 'user', content: 'Hi' }] as const;
 * chatCompletion$({ ...together, apiKey: 'key' }, { model: 'openai/gpt-oss-20b', messages, max_tokens: 500 });
 * ```
 *
 * @see https://docs.together.ai/reference/chat-completions-1
 */
export const together: ServerConfig = {
  baseURL: 'https://api.together.ai/v1',
  profile: {
    name: 'together',
    renames: { max_completion_tokens: 'max_tokens' },
    developerRole: 'system',
    keyNames: ['TOGETHER_API_KEY'],
  },
};
