import type { ServerConfig } from './ServerConfig';

/**
 * Groq, as of November 2026.
 *
 * It responds with 400 to the fields in `rejects`; `n` may be 1 only. A `temperature` of 0 becomes 1e-8. A failed tool call arrives
 * as an error event, and nothing follows: `ServerError` with code `tool_use_failed`. Its extra fields are
 * `GroqExtras`.
 *
 * @example
 * ```ts
 * import { chatCompletion$ } from 'rxjs-chat-completions';
 * import { groq } from 'rxjs-chat-completions/servers';
 *
 * const extra = { reasoning_format: 'parsed' } as const;
 * const messages = [{ role: 'user', content: 'Hi' }] as const;
 * chatCompletion$({ ...groq, apiKey: 'key' }, { model: 'openai/gpt-oss-20b', messages, extra });
 * ```
 *
 * @see https://console.groq.com/docs/openai
 */
export const groq: ServerConfig = {
  baseURL: 'https://api.groq.com/openai/v1',
  profile: {
    name: 'groq',
    rejects: ['logit_bias', 'logprobs', 'messages[].name', 'n', 'top_logprobs'],
    developerRole: 'system',
    reasoningField: 'reasoning',
    keyNames: ['GROQ_API_KEY'],
  },
};
