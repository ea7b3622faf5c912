import { RequestError } from '../errors';
import type { ServerConfig } from './ServerConfig';

/**
 * Returns the API key of a server from environment variables: the first of `profile.keyNames` that is set.
 *
 * @param server - A server, or any config with a profile.
 * @param env - Variables by name, such as `process.env`. The library never reads the environment by itself.
 * @throws RequestError if none is set, or blank only, and for a value that is not a server. Its message names the variable.
 *
 * @example
 * ```ts
 * import type { ChatConfig } from 'rxjs-chat-completions';
 * import { apiKeyFrom, groq } from 'rxjs-chat-completions/servers';
 *
 * const env = { GROQ_API_KEY: 'key' }; // yours is process.env
 * const config: ChatConfig = { ...groq, apiKey: apiKeyFrom(groq, env) };
 * console.assert(config.apiKey === 'key');
 * ```
 */
export function apiKeyFrom(
  server: Pick<ServerConfig, 'profile'>,
  env: Readonly<Record<string, string | undefined>> | undefined,
): string {
  // JavaScript allows a name, or a config without a profile.
  const { name, keyNames = [] } = (server as Partial<ServerConfig> | null | undefined)?.profile ?? {};
  // A browser has no environment.
  const key = keyNames.map((keyName) => trimmed(env?.[keyName])).find(Boolean);
  if (key !== undefined) return key;
  throw new RequestError(
    name === undefined
      ? 'the server has no profile: pass a server, such as groq, or set apiKey'
      : keyNames.length === 0
        ? `the profile of ${name} names no variable for a key: set apiKey, if the server needs one`
        : `${keyNames.join(' or ')} is not set: set it to the API key of ${name}`,
  );
}

/** Bundlers have booleans in the environment, and a file that Windows has written has CRs. */
const trimmed = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');
