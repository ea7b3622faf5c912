import type { ServerConfig } from './ServerConfig';

/**
 * vLLM on this machine, as of November 2026.
 *
 * It logs fields that it does not know, and does not reject them. Versions before October 2025 have `reasoning_content` instead
 * of `reasoning`: override `reasoningField` for them. Its extra fields are `VllmExtras`. It needs a key if it was started
 * with `--api-key`.
 *
 * @example
 * ```ts
 * import { chatCompletion$ } from 'rxjs-chat-completions';
 * import { vllm } from 'rxjs-chat-completions/servers';
 *
 * const extra = { structured_outputs: { choice: ['yes', 'no'] } };
 * chatCompletion$(vllm, { model: 'Qwen/Qwen3-8B', messages: [{ role: 'user', content: 'Is water wet?' }], extra });
 * ```
 *
 * @see https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html
 */
export const vllm: ServerConfig = {
  baseURL: 'http://localhost:8000/v1',
  profile: {
    name: 'vllm',
    ignores: ['user'],
    developerRole: 'system',
    reasoningField: 'reasoning',
    keyNames: ['VLLM_API_KEY'],
  },
};
