import type { ChatConfig } from '../../call/config';
import { DEFAULT_BASE_URL } from '../../request/url';

/** Returns the config for Ollama's own API: its paths begin beside `/v1`. */
export function apiConfig(config: ChatConfig): ChatConfig {
  // JavaScript allows a call without a config, which the call reports.
  if (!(config as ChatConfig | null | undefined)) return config;
  const { baseURL = DEFAULT_BASE_URL } = config;
  return { ...config, baseURL: baseURL.replace(/\/v1\/*(?=[?#]|$)/, '') };
}
