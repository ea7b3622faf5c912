import type { ServerConfig } from './ServerConfig';

/**
 * Z.ai, as of November 2026.
 *
 * Set `tool_stream: true` in `extra` beside tools, or the stream is idle for minutes while the model writes a long call. A forced
 * `tool_choice`, a `json_schema` and a `max_tokens` beyond the model's limit are rejected. Chunks have no `object`. It reads
 * `DeepSeekExtras`.
 *
 * @example
 * ```ts
 * import { chatCompletion$ } from 'rxjs-chat-completions';
 * import { zai } from 'rxjs-chat-completions/servers';
 *
 * const extra = { thinking: { type: 'disabled' }, tool_stream: true };
 * chatCompletion$({ ...zai, apiKey: 'key' }, { model: 'glm-4.7', messages: [{ role: 'user', content: 'Hi' }], extra });
 * ```
 *
 * @see https://docs.z.ai/api-reference/llm/chat-completion
 */
export const zai: ServerConfig = {
  baseURL: 'https://api.z.ai/api/paas/v4',
  profile: {
    name: 'zai',
    rejects: ['frequency_penalty', 'messages[].name', 'presence_penalty'],
    renames: { max_completion_tokens: 'max_tokens' },
    developerRole: 'system',
    reasoningField: 'reasoning_content',
    keyNames: ['ZAI_API_KEY'],
  },
};
