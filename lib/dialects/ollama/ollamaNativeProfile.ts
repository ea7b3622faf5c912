import type { Profile } from '../../servers/Profile';
import { OPTIONS, SAME } from './chatRequest';

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
 * chatCompletion$(config, { model: 'llama3.2', messages: [{ role: 'user', content: 'Hi' }], tool_choice: 'required' });
 * ```
 */
export const ollamaNativeProfile: Profile = {
  name: 'ollama',
  reads: [
    ...SAME,
    ...OPTIONS,
    'format',
    'max_completion_tokens',
    'max_tokens',
    'messages',
    'options',
    'reasoning',
    'reasoning_effort',
    'response_format',
    'stop',
    'stream_options',
    'think',
  ],
  developerRole: 'system',
  reasoningField: 'reasoning',
  keyNames: ['OLLAMA_API_KEY'],
};
