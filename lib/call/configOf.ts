import { fieldsOf, isRecord } from '../codec/isRecord';
import { classOf, RequestError } from '../errors';
import type { Profile } from '../servers/Profile';
import type { Limits } from '../transport/limits';
import type { ChatHooks } from './ChatHooks';
import type { ChatConfig, ChatTimeouts } from './config';

type Test = (value: unknown) => boolean;

/** A kind of value: the words for it, and tests of which one holds. */
type Kind = readonly [is: string, ...tests: readonly Test[]];

const isText: Test = (value) => typeof value === 'string';
const isFunction: Test = (value) => typeof value === 'function';
const isNull: Test = (value) => value === null;
/** Whether a value is an object or a module, and not one of the platform, such as a Promise, a URL or a Map. */
const isObject: Test = (value) => ['Object', 'Module'].includes(classOf(value));
const has =
  (method: string): Test =>
  (value) =>
    isFunction(fieldsOf(value)[method]);

const TEXT: Kind = ['a string', isText];
const FUNCTION: Kind = ['a function', isFunction];
const LIST: Kind = ['a list of strings', (value) => Array.isArray(value) && value.every(isText)];
const OPTIONAL: Kind = ['a function', isFunction, isNull];
// NaN, as of an absent environment variable, is larger than no limit and so would switch it off.
const AMOUNT: Kind = ['a number, 0 or more', (value) => typeof value === 'number' && value >= 0];

/** The kinds of the fields of an object. */
type Kinds<T> = { readonly [Field in keyof Required<T>]: Kind };

/** Returns the kind of an object with fields of these kinds, each of which has an error of its own. */
const objectOf = <T extends object>(name: string, kinds: Kinds<T>): Kind => [
  'an object',
  (value) => isObject(value) && requireFields(name, kinds, value as T),
];

/** A config with a field of the request, as when the two are in the place of the other. */
type AnyConfig = ChatConfig & { readonly messages?: unknown };

const CONFIG: Kinds<AnyConfig> = {
  baseURL: ['a string: of a URL object pass its href', isText],
  apiKey: ['a string or a function: leave it out if there is no key', isText, isFunction],
  headers: ['a plain object: of Headers or a Map pass Object.fromEntries(headers)', isObject],
  transport: FUNCTION,
  fetch: OPTIONAL,
  gate: ['a ReadGate', has('hold')],
  timeouts: objectOf<ChatTimeouts>('timeouts', {
    head: AMOUNT,
    first: AMOUNT,
    idle: AMOUNT,
    total: AMOUNT,
    grace: AMOUNT,
    activity: [
      "'bytes', 'events' or 'content'",
      (value) => ['bytes', 'events', 'content'].includes(String(value)),
    ],
    scheduler: ['a scheduler of RxJS', has('schedule')],
  }),
  limits: objectOf<Limits>('limits', {
    line: AMOUNT,
    event: AMOUNT,
    answer: AMOUNT,
    errorBody: AMOUNT,
  }),
  profile: objectOf<Profile>('profile', {
    name: ['a string: of a server pass its profile', isText],
    reads: LIST,
    ignores: LIST,
    rejects: LIST,
    renames: ['an object of strings', (value) => isRecord(value) && Object.values(value).every(isText)],
    developerRole: TEXT,
    reasoningField: TEXT,
    keyHeader: TEXT,
    keyNames: LIST,
  }),
  hooks: ['an object or a function', isRecord, isFunction, isNull],
  refusedFields: FUNCTION,
  signal: ['an AbortSignal: of an AbortController pass its signal', has('addEventListener'), isNull],
  messages: ['in the request, the second argument'],
};

const HOOKS: Kinds<ChatHooks> = {
  onRequest: OPTIONAL,
  onHead: OPTIONAL,
  onIgnored: OPTIONAL,
  onRemovedField: OPTIONAL,
  onFirstOutput: OPTIONAL,
  onUsage: OPTIONAL,
  onError: OPTIONAL,
  onComplete: OPTIONAL,
  onAbort: OPTIONAL,
};

/** Whether a value may be hooks: also an instance of a class that extends one of the platform, which itself has no hooks. */
const isHooks: Test = (value) =>
  isObject(value) || (isRecord(value) && Object.keys(HOOKS).some((name) => name in value));

/**
 * Returns hooks.
 *
 * @throws RequestError for one that is not a function, which would fail in the middle of the call.
 */
export function checkedHooks(hooks: ChatHooks): ChatHooks {
  if (!isHooks(hooks)) throw new RequestError('hooks must be an object or a function');
  requireFields('hooks', HOOKS, hooks);
  return hooks;
}

/**
 * Returns a config.
 *
 * Unknown fields are allowed. Only another spelling of a known one, such as `baseUrl` or `base_url`, is certainly a mistake: the call
 * would go to the default server.
 *
 * @throws RequestError for a config that JavaScript allows and the types do not: it is not an object, or a field is misspelt, of the
 * request, or of another type, which would be sent as other text, such as `Bearer null`, or not at all, such as `Headers`.
 */
export function configOf(config: ChatConfig): ChatConfig {
  if (!isObject(config))
    throw new RequestError(
      `config must be an object, not ${classOf(config).toLowerCase()}: pass {} for Ollama`,
    );
  requireFields<AnyConfig>('config', CONFIG, config, '');
  return config;
}

/** @returns `true`; throws for a field that does not fit. */
function requireFields<T extends object>(of: string, kinds: Kinds<T>, value: T, prefix = `${of}.`): true {
  const names = Object.keys(kinds) as Array<keyof T & string>;
  for (const field of Object.keys(value)) {
    if (field in kinds) continue;
    const known = names.find((name) => name.toLowerCase() === field.replaceAll('_', '').toLowerCase());
    if (known !== undefined) throw new RequestError(`${of} has no field ${field}: write ${known}`);
  }
  for (const name of names) {
    const given = value[name];
    // A profile has a name; a complete server, in its place, has none.
    if (given === undefined && name !== 'name') continue;
    const [is, ...tests] = kinds[name];
    if (!tests.some((test) => test(given))) throw new RequestError(`${prefix}${name} must be ${is}`);
  }
  return true;
}
