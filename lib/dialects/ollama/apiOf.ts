import type { ChatConfig } from '../../call/config';
import { DEFAULT_BASE_URL } from '../../request/url';

/** Returns a config for paths of Ollama's own API, which is beside `/v1`. */
export const apiOf = (config: ChatConfig): ChatConfig => ({
  ...config,
  baseURL: (config.baseURL ?? DEFAULT_BASE_URL).replace(/\/v1\/*(?=$|\?)/, ''),
  // Its fields are those of chat completions.
  profile: undefined,
});
