import type { Profile } from '../../servers/Profile';

/**
 * The fields that {@link ollamaNative} sends. The hook `onIgnored` receives any other field of a request.
 *
 * @example Report a field that Ollama cannot read
 * ```ts
 * import { chatCompletion$ } from 'rxjs-chat-completions';
 * import { ollamaNative, ollamaNativeProfile } from 'rxjs-chat-completions/dialects';
 *
 * const config = {
 *   transport: ollamaNative(),
 *   profile: ollamaNativeProfile,
 *   hooks: { onIgnored: (field: string) => console.warn(`Ollama ignores ${field}`) },
 * };
 * chatCompletion$(config, { model: 'llama3.2', messages: [], tool_choice: 'required' });
 * ```
 */
export const ollamaNativeProfile: Profile = {
  name: 'ollama',
  reads: [
    '_debug_render_only',
    'format',
    'frequency_penalty',
    'keep_alive',
    'logprobs',
    'max_completion_tokens',
    'max_tokens',
    'messages',
    'model',
    'options',
    'presence_penalty',
    'reasoning',
    'reasoning_effort',
    'response_format',
    'seed',
    'shift',
    'stop',
    'stream',
    'stream_options',
    'temperature',
    'think',
    'tools',
    'top_logprobs',
    'top_p',
    'truncate',
  ],
  developerRole: 'system',
  reasoningField: 'reasoning',
  keyNames: ['OLLAMA_API_KEY'],
};
