import { isRecord } from '../codec/isRecord';
import { RequestError } from '../errors';
import type { Profile } from '../servers/Profile';
import type { Limits } from '../transport/limits';
import type { ChatConfig, ChatTimeouts } from './config';

type Test = (value: unknown) => boolean;

/** A kind of value: the words for it, and tests of which one holds. */
type Kind = readonly [is: string, ...tests: readonly Test[]];

const isText: Test = (value) => typeof value === 'string';
const isFunction: Test = (value) => typeof value === 'function';
const isNull: Test = (value) => value === null;
const isPlain: Test = (value) => isRecord(value) && !(Symbol.iterator in value);
const has =
  (method: string): Test =>
  (value) =>
    isRecord(value) && isFunction(value[method]);

const TEXT: Kind = ['a string', isText];
const FUNCTION: Kind = ['a function', isFunction];
const LIST: Kind = ['a list of strings', (value) => Array.isArray(value) && value.every(isText)];
const OBJECT: Kind = ['an object', isPlain];

const CONFIG: { readonly [Field in keyof Required<ChatConfig>]: Kind } = {
  baseURL: ['a string: of a URL object pass its href', isText],
  apiKey: ['a string or a function: leave it out if there is no key', isText, isFunction],
  headers: ['a plain object: of Headers or a Map pass Object.fromEntries(headers)', isPlain],
  transport: FUNCTION,
  fetch: ['a function', isFunction, isNull],
  gate: ['a ReadGate', has('hold')],
  timeouts: OBJECT,
  limits: OBJECT,
  profile: OBJECT,
  hooks: ['an object or a function', isRecord, isFunction, isNull],
  refusedFields: FUNCTION,
  signal: ['an AbortSignal: of an AbortController pass its signal', has('addEventListener'), isNull],
};

const PROFILE: { readonly [Field in keyof Required<Profile>]: Kind } = {
  name: ['a string: of a server pass its profile', isText],
  reads: LIST,
  ignores: LIST,
  rejects: LIST,
  renames: ['an object of strings', (value) => isRecord(value) && Object.values(value).every(isText)],
  developerRole: TEXT,
  reasoningField: TEXT,
  keyHeader: TEXT,
  keyNames: LIST,
};

/**
 * Returns a config.
 *
 * Unknown fields are allowed. Only another case of a known one, such as `baseUrl`, is certainly a mistake: the call would go to
 * the default server.
 *
 * @throws RequestError for a config that JavaScript allows and the types do not: it is not an object, or a field is misspelt or of
 * another type, which would be sent as other text, such as `Bearer null`, or not at all, such as `Headers`.
 */
export function configOf(config: ChatConfig): ChatConfig {
  const kind = (config as unknown) === null ? 'null' : typeof config;
  if (kind !== 'object') throw new RequestError(`config must be an object, not ${kind}: pass {} for Ollama`);
  for (const field of Object.keys(config)) {
    const known = Object.keys(CONFIG).find((name) => name.toLowerCase() === field.toLowerCase());
    if (known !== undefined && known !== field)
      throw new RequestError(`config has no field ${field}: write ${known}`);
  }
  requireKinds('', CONFIG, config);
  for (const of of ['timeouts', 'limits'] as const) requireNumbers(of, { ...config[of] });
  if (config.profile !== undefined) requireKinds('profile.', PROFILE, config.profile);
  return config;
}

function requireKinds<T extends object>(
  of: string,
  kinds: { readonly [F in keyof T]-?: Kind },
  value: T,
): void {
  for (const field of Object.keys(kinds) as Array<keyof T & string>) {
    const [is, ...tests] = kinds[field];
    const given = value[field];
    // A profile has a name; a complete server, in its place, has none.
    if ((given !== undefined || field === 'name') && !tests.some((test) => test(given)))
      throw new RequestError(`${of}${field} must be ${is}`);
  }
}

/** NaN, as of an absent environment variable, is larger than no limit and so would switch it off. */
function requireNumbers(of: string, { activity, scheduler, ...limits }: ChatTimeouts & Limits): void {
  for (const [field, value] of Object.entries<unknown>(limits))
    if (value !== undefined && !(typeof value === 'number' && value >= 0))
      throw new RequestError(`${of}.${field} must be a number, 0 or more`);
}
