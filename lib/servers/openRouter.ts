import type { ServerConfig } from './ServerConfig';

/**
 * OpenRouter, as of November 2026.
 *
 * It leaves out the fields that a model does not support. After a tool call, a model that reasons needs its reasoning back, or the
 * request is a 400. While it waits it sends comments, which restart the `idle` limit unless `activity` is `'events'` or
 * `'content'`. An error may arrive in a chunk, after text: `ServerError`. Its extra fields are `OpenRouterExtras`.
 *
 * @example
 * ```ts
 * import { chatCompletion$ } from 'rxjs-chat-completions';
 * import { openRouter } from 'rxjs-chat-completions/servers';
 *
 * const extra = { reasoning: { effort: 'low' }, provider: { sort: 'price' } };
 * const messages = [{ role: 'user', content: 'Hi' }] as const;
 * chatCompletion$({ ...openRouter, apiKey: 'key' }, { model: 'qwen/qwen3-32b', messages, extra });
 * ```
 *
 * @see https://openrouter.ai/docs/api-reference/overview
 */
export const openRouter: ServerConfig = {
  baseURL: 'https://openrouter.ai/api/v1',
  profile: {
    name: 'openrouter',
    reasoningField: 'reasoning_details',
    keyNames: ['OPENROUTER_API_KEY'],
  },
};
