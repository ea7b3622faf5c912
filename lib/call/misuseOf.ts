import { RequestError } from '../errors';
import type { ChatConfig } from './config';

const FIELDS: { readonly [Field in keyof Required<ChatConfig>]: true } = {
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
};

const spelling = new Map(Object.keys(FIELDS).map((field) => [field.toLowerCase(), field]));

/**
 * Returns the error of a config that JavaScript allows and the types do not: it is not an object, or a field is misspelt or of
 * another type.
 *
 * Unknown fields are allowed. Only another case of a known one, such as `baseUrl`, is certainly a mistake: the call would go to
 * the default server.
 */
export function misuseOf(config: unknown): RequestError | undefined {
  if (typeof config !== 'object' || config === null) {
    return new RequestError(
      `config must be an object, not ${config === null ? 'null' : typeof config}: pass {} for Ollama`,
    );
  }
  for (const field of Object.keys(config)) {
    const known = spelling.get(field.toLowerCase());
    if (known !== undefined && known !== field) {
      return new RequestError(`config has no field ${field}: write ${known}`);
    }
  }
  return misfitIn(config);
}

/** Returns the error of a value that would be sent as other text, such as `Bearer null`, or not at all, such as `Headers`. */
function misfitIn({
  baseURL,
  apiKey,
  headers,
  ...others
}: { readonly [F in keyof ChatConfig]?: unknown }): RequestError | undefined {
  if (baseURL !== undefined && typeof baseURL !== 'string') {
    return new RequestError('baseURL must be a string: of a URL object pass its href');
  }
  if (apiKey !== undefined && typeof apiKey !== 'string' && typeof apiKey !== 'function') {
    return new RequestError('apiKey must be a string or a function: leave it out if there is no key');
  }
  if (headers !== undefined && (typeof headers !== 'object' || Symbol.iterator in Object(headers))) {
    return new RequestError(
      'headers must be a plain object: of Headers or a Map pass Object.fromEntries(headers)',
    );
  }
  const wrong = FUNCTIONS.find(
    ([field, , of]) =>
      others[field] != null && typeof of(others[field] as Record<string, unknown>) !== 'function',
  );
  return wrong && new RequestError(`${wrong[0]} must be ${wrong[1]}`);
}

/** Fields that are a function or have one: what they must be, and that function. */
const FUNCTIONS: ReadonlyArray<
  readonly [
    field: 'transport' | 'fetch' | 'gate' | 'signal',
    kind: string,
    of: (value: Readonly<Record<string, unknown>>) => unknown,
  ]
> = [
  ['transport', 'a function', (value) => value],
  ['fetch', 'a function', (value) => value],
  ['gate', 'a ReadGate', ({ hold }) => hold],
  ['signal', 'an AbortSignal: of an AbortController pass its signal', (value) => value.addEventListener],
];
