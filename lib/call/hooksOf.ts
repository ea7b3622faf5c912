import { attempt } from '../codec/attempt';
import { isSecretName } from '../request/secrets';
import { DEFAULT_BASE_URL, publicUrl, urlOf } from '../request/url';
import { addressAt } from '../transport/transport';
import type { CallInfo, ChatHooks } from './ChatHooks';
import type { ChatConfig } from './config';
import { checkedHooks } from './configOf';
import type { Call } from './encodeRequest';

/** Returns the hooks of a call; those of a function are created for this call alone. */
export function hooksOf(config: ChatConfig, call: Call): ChatHooks {
  const hooks = typeof config.hooks === 'function' ? config.hooks(callInfo(config, call)) : config.hooks;
  return hooks == null ? NO_HOOKS : checkedHooks(hooks);
}

const NO_HOOKS: ChatHooks = {};

function callInfo(config: ChatConfig, { operation, attempt, path, fields = {} }: Call): CallInfo {
  const { model } = fields;
  return {
    operation,
    model: typeof model === 'string' ? model : null,
    url: addressOf(config, path),
    attempt,
    request: scalarsIn(fields),
  };
}

/** Returns the address of a call; `''` for one that is invalid: the call fails with its error, and reports it to the hooks. */
const addressOf = ({ baseURL = DEFAULT_BASE_URL, transport }: ChatConfig, path: string): string =>
  attempt(() => publicUrl(addressAt(transport, urlOf(baseURL, path)))) ?? '';

const scalarsIn = (fields: Readonly<Record<string, unknown>>): CallInfo['request'] =>
  Object.fromEntries(
    Object.entries(fields).filter(
      (entry): entry is [string, string | number | boolean] =>
        entry[0] !== 'input' &&
        !isSecretName(entry[0]) &&
        ['string', 'number', 'boolean'].includes(typeof entry[1]),
    ),
  );
