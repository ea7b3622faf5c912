import type { ServerConfig } from './ServerConfig';

/**
 * LM Studio on this machine, as of November 2026.
 *
 * Reasoning is in `reasoning` or `reasoning_content`, by a setting of the app, and is returned as received. `ttl` in `extra` is the
 * time in seconds after which an idle model is unloaded. A web page needs `lms server start --cors`.
 *
 * @example
 * ```ts
 * import { chatCompletion$ } from 'rxjs-chat-completions';
 * import { lmStudio } from 'rxjs-chat-completions/servers';
 *
 * chatCompletion$(lmStudio, { model: 'openai/gpt-oss-20b', messages: [{ role: 'user', content: 'Hi' }], extra: { ttl: 300 } });
 * ```
 *
 * @see https://lmstudio.ai/docs/developer/openai-compat
 */
export const lmStudio: ServerConfig = {
  baseURL: 'http://localhost:1234/v1',
  profile: {
    name: 'lmstudio',
    renames: { max_completion_tokens: 'max_tokens' },
    developerRole: 'system',
  },
};
