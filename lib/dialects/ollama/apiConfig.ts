import type { ChatConfig } from '../../call/config';
import { changeConfig } from '../../call/changeConfig';
import { DEFAULT_BASE_URL } from '../../request/url';

/** Matches the beginning of a URL, and a last folder that Ollama's own API replaces. A host may be named `api`. */
export const ROOT = '^(|[^?#]*?[^/?#])(?:/(?:v1|api))?';

const BASE_URL = new RegExp(`${ROOT}/*(?=[?#]|$)`);

/** Returns the config for Ollama's own API: its paths begin with `/api`, beside `/v1`. */
export function apiConfig(config: ChatConfig): ChatConfig {
  const { baseURL = DEFAULT_BASE_URL } = config;
  return changeConfig(config, { baseURL: baseURL.trim().replace(BASE_URL, '$1') });
}
