import type { ServerConfig } from './ServerConfig';

/**
 * xAI, as of November 2026.
 *
 * Its models that reason respond with 400 to the fields in `rejects`, and some to `reasoning_effort`; for other models set `rejects`
 * to `[]`. Newer models send no reasoning. The finish reason arrives in the last chunk. Errors are a `code` and an `error`, both
 * text.
 *
 * @example
 * ```ts
 * import { chatCompletion$ } from 'rxjs-chat-completions';
 * import { xai } from 'rxjs-chat-completions/servers';
 *
 * chatCompletion$({ ...xai, apiKey: 'key' }, { model: 'grok-4.3', messages: [{ role: 'user', content: 'Hi' }] });
 * ```
 *
 * @see https://docs.x.ai/docs/api-reference
 */
export const xai: ServerConfig = {
  baseURL: 'https://api.x.ai/v1',
  profile: {
    name: 'x_ai',
    rejects: ['frequency_penalty', 'presence_penalty', 'stop'],
    developerRole: 'system',
    reasoningField: 'none',
    keyNames: ['XAI_API_KEY'],
  },
};
