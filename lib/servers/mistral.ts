import type { ServerConfig } from './ServerConfig';

/**
 * Mistral, as of November 2026.
 *
 * It responds with 422 to fields that it does not know. It always sends usage, and rejects the option that requests it. Reasoning
 * is a part of `content`, and is returned there. Some error bodies have no `error`. Its extra fields are `MistralExtras`.
 *
 * @example
 * ```ts
 * import { chatCompletion$ } from 'rxjs-chat-completions';
 * import { mistral } from 'rxjs-chat-completions/servers';
 *
 * // Sent as random_seed and max_tokens.
 * const messages = [{ role: 'user', content: 'Hi' }] as const;
 * const request = { model: 'mistral-small-latest', messages, seed: 7, max_completion_tokens: 500 };
 * chatCompletion$({ ...mistral, apiKey: 'key' }, request);
 * ```
 *
 * @see https://docs.mistral.ai/api/endpoint/chat
 */
export const mistral: ServerConfig = {
  baseURL: 'https://api.mistral.ai/v1',
  profile: {
    name: 'mistral_ai',
    rejects: ['max_completion_tokens', 'seed', 'stream_options'],
    renames: { max_completion_tokens: 'max_tokens', seed: 'random_seed' },
    developerRole: 'system',
    reasoningField: 'none',
    keyNames: ['MISTRAL_API_KEY'],
  },
};
