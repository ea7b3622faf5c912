import type { ChatConfig } from './config';

/** `undefined` for a field that is removed. */
type ConfigChanges = { readonly [Field in keyof ChatConfig]?: ChatConfig[Field] | undefined };

/** Beside the checks of the fields, which an entry point without a call does not contain. */
const FIELDS = {
  baseURL: true,
  apiKey: true,
  headers: true,
  transport: true,
  fetch: true,
  gate: true,
  timeouts: true,
  limits: true,
  profile: true,
  hooks: true,
  refusedFields: true,
  signal: true,
} as const satisfies Readonly<Record<keyof ChatConfig, true>>;

/**
 * Returns a copy of a config, with other values of some fields.
 *
 * Unlike a spread, it has the fields that the config has from its class.
 */
export const changeConfig = (config: ChatConfig, changes: ConfigChanges): ChatConfig => ({
  ...config,
  ...Object.fromEntries(
    (Object.keys(FIELDS) as ReadonlyArray<keyof ChatConfig>)
      .filter((name) => config[name] !== undefined)
      .map((name) => [name, config[name]]),
  ),
  ...changes,
});
