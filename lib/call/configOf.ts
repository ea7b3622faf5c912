import { isRecord } from '../codec/isRecord';
import { RequestError } from '../errors';
import type { Profile } from '../servers/Profile';
import type { ChatConfig } from './config';

/** A kind of value: the words for it, and its test. */
type Kind = readonly [is: string, test: (value: unknown) => boolean];

const isText = (value: unknown): boolean => typeof value === 'string';
const isFunction = (value: unknown): boolean => typeof value === 'function';
const isPlain = (value: unknown): boolean => isRecord(value) && !(Symbol.iterator in value);
const isNull = (value: unknown): boolean => value === null;

const LIST: Kind = ['a list of names', (value) => Array.isArray(value) && value.every(isText)];
const OBJECT: Kind = ['an object', isPlain];
const oneOf = (...values: readonly unknown[]): Kind => [
  values.join(' or '),
  (value) => values.includes(value),
];

const CONFIG: { readonly [Field in keyof Required<ChatConfig>]: Kind } = {
  baseURL: ['a string: of a URL object pass its href', isText],
  apiKey: [
    'a string or a function: leave it out if there is no key',
    (value) => isText(value) || isFunction(value),
  ],
  headers: ['a plain object: of Headers or a Map pass Object.fromEntries(headers)', isPlain],
  transport: ['a function', isFunction],
  fetch: ['a function', (value) => isNull(value) || isFunction(value)],
  gate: ['a ReadGate', (value) => isRecord(value) && isFunction(value.hold)],
  timeouts: OBJECT,
  limits: OBJECT,
  profile: OBJECT,
  hooks: ['an object or a function', (value) => isNull(value) || isFunction(value) || isPlain(value)],
  refusedFields: ['a function: call removeRefusedFields for one', isFunction],
  signal: [
    'an AbortSignal: of an AbortController pass its signal',
    (value) => isNull(value) || (isRecord(value) && isFunction(value.addEventListener)),
  ],
};

const PROFILE: { readonly [Field in keyof Required<Profile>]: Kind } = {
  name: ['a string: of a server pass its profile', isText],
  reads: LIST,
  ignores: LIST,
  rejects: LIST,
  renames: ['an object of names', (value) => isPlain(value) && Object.values(value as object).every(isText)],
  developerRole: oneOf('developer', 'system'),
  reasoningField: oneOf('reasoning', 'reasoning_content', 'reasoning_details', 'none'),
  keyHeader: oneOf('authorization', 'api-key'),
  keyNames: LIST,
};

const spelling = new Map(Object.keys(CONFIG).map((field) => [field.toLowerCase(), field]));

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
  const given: unknown = config;
  if (typeof given !== 'object' || given === null)
    throw new RequestError(
      `config must be an object, not ${given === null ? 'null' : typeof given}: pass {} for Ollama`,
    );
  for (const field of Object.keys(given)) {
    const known = spelling.get(field.toLowerCase());
    if (known !== undefined && known !== field)
      throw new RequestError(`config has no field ${field}: write ${known}`);
  }
  requireKinds('', CONFIG, config);
  if (config.profile !== undefined) requireKinds('profile.', PROFILE, config.profile);
  return config;
}

function requireKinds<T extends object>(
  of: string,
  kinds: { readonly [F in keyof T]-?: Kind },
  value: T,
): void {
  for (const field of Object.keys(kinds) as Array<keyof T & string>) {
    const [is, test] = kinds[field];
    // A profile has a name; a complete server, in its place, has none.
    if ((field === 'name' || value[field] !== undefined) && !test(value[field]))
      throw new RequestError(`${of}${field} must be ${is}`);
  }
}
