import type { ServerConfig } from './ServerConfig';

/**
 * Cerebras, as of November 2026.
 *
 * It responds with 400 to the fields in `rejects`. Its streams end without `[DONE]`, and the finish reason arrives in the last
 * chunk. `reasoning_format` in `extra` sets the place of the reasoning.
 *
 * @example
 * ```ts
 * import { chatCompletion$ } from 'rxjs-chat-completions';
 * import { cerebras } from 'rxjs-chat-completions/servers';
 *
 * const messages = [{ role: 'user', content: 'Hi' }] as const;
 * chatCompletion$({ ...cerebras, apiKey: 'key' }, { model: 'gpt-oss-120b', messages, max_tokens: 500 });
 * ```
 *
 * @see https://inference-docs.cerebras.ai/resources/openai
 */
export const cerebras: ServerConfig = {
  baseURL: 'https://api.cerebras.ai/v1',
  profile: {
    name: 'cerebras',
    rejects: ['frequency_penalty', 'logit_bias', 'parallel_tool_calls', 'presence_penalty', 'service_tier'],
    renames: { max_tokens: 'max_completion_tokens' },
    developerRole: 'system',
    reasoningField: 'reasoning',
    keyNames: ['CEREBRAS_API_KEY'],
  },
};
