import type { Profile } from './Profile';

/**
 * Address and profile of a server: the part of a `ChatConfig` that is the same for all its users.
 *
 * Plain data. Spread it into a config, and override a part in the same way.
 *
 * @example
 * ```ts
 * import type { ChatConfig } from 'rxjs-chat-completions';
 * import { groq } from 'rxjs-chat-completions/servers';
 *
 * const config: ChatConfig = { ...groq, apiKey: 'key' };
 * const withNames: ChatConfig = { ...config, profile: { ...groq.profile, rejects: ['logit_bias'] } };
 * ```
 */
export interface ServerConfig {
  /** Address that `/chat/completions` is appended to. */
  readonly baseURL: string;
  readonly profile: Profile;
}
