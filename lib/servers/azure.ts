import { RequestError } from '../errors';
import type { ServerConfig } from './ServerConfig';

/** Parts of an address at Azure OpenAI. */
export interface AzureOptions {
  /** Name of the resource, the first part of its host: letters, digits and hyphens. */
  readonly resource: string;
}

/**
 * Returns the address and profile of a resource at Azure OpenAI, as of November 2026.
 *
 * The model of a request is the name of a deployment. The key is sent as `api-key`; for a token of Entra, set `keyHeader` to
 * `'authorization'`. Fields are those of {@link openai}. The first chunk has no choices, and with the asynchronous filter some
 * chunks have no delta. DeepSeek's models there send `reasoning_content`, which only their own API requires back.
 *
 * @param options - The name of the resource.
 * @throws RequestError if the resource is not a name, such as an environment variable that is not set.
 *
 * @example A key, and a token that is read for every attempt
 * ```ts
 * import type { ChatConfig } from 'rxjs-chat-completions';
 * import { azure } from 'rxjs-chat-completions/servers';
 *
 * const server = azure({ resource: 'contoso' });
 * const withKey: ChatConfig = { ...server, apiKey: 'key' };
 * const profile = { ...server.profile, keyHeader: 'authorization' } as const;
 * const withToken: ChatConfig = { ...server, profile, apiKey: async () => 'token' };
 * console.assert(withKey.baseURL === 'https://contoso.openai.azure.com/openai/v1');
 * ```
 *
 * @see https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle
 */
export function azure({ resource }: AzureOptions): ServerConfig {
  // JavaScript allows an option that is not set.
  if (typeof (resource as unknown) !== 'string' || !/^[a-z\d-]+$/i.test(resource))
    throw new RequestError(
      'resource must be the name of a resource at Azure: the first part of its host, such as contoso',
    );
  return {
    baseURL: `https://${resource}.openai.azure.com/openai/v1`,
    profile: {
      name: 'azure.ai.openai',
      renames: { max_tokens: 'max_completion_tokens' },
      reasoningField: 'none',
      keyHeader: 'api-key',
      keyNames: ['AZURE_OPENAI_API_KEY'],
    },
  };
}
