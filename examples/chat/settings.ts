import { left, right, type Either } from 'fp-ts/Either';
import type { ChatRequest } from 'rxjs-chat-completions';

type Scalar = string | number | boolean;

/** Names of the fields of a request that may be a text, a number or a boolean. */
type ScalarName = {
  readonly [K in keyof ChatRequest]-?: Extract<ChatRequest[K], Scalar> extends never ? never : K;
}[keyof ChatRequest];

/** The fields that `/set` sets, and the type of each. The others are set by the program. */
const FIELDS = {
  frequency_penalty: 'number',
  logprobs: 'boolean',
  max_completion_tokens: 'number',
  max_tokens: 'number',
  parallel_tool_calls: 'boolean',
  presence_penalty: 'number',
  prompt_cache_key: 'text',
  prompt_cache_retention: 'text',
  reasoning_effort: 'text',
  safety_identifier: 'text',
  seed: 'number',
  service_tier: 'text',
  stop: 'text',
  store: 'boolean',
  temperature: 'number',
  top_logprobs: 'number',
  top_p: 'number',
  user: 'text',
  verbosity: 'text',
} as const satisfies Readonly<
  Record<Exclude<ScalarName, 'model' | 'n' | 'function_call' | 'tool_choice'>, 'number' | 'boolean' | 'text'>
>;

type FieldName = keyof typeof FIELDS;

/** Fields of each request, set by the user. */
export type Settings = { readonly [K in FieldName]?: Extract<ChatRequest[K], Scalar> };

/** The names of the fields. */
export const FIELD_NAMES = Object.keys(FIELDS) as readonly FieldName[];

/**
 * Returns settings with one more, from text: `temperature` and `0.2`.
 *
 * @param value - `''` removes the setting.
 * @returns A `Left` with the reason, for a name or a value that is not valid.
 */
export function withSetting(settings: Settings, name: string, value: string): Either<string, Settings> {
  if (!isFieldName(name)) return left(`No field ${name}. /set lists the fields.`);
  const { [name]: _, ...others } = settings;
  if (value === '') return right(others);
  const parsed = parse(FIELDS[name], value);
  return parsed === null
    ? left(`${name}: expected ${FIELDS[name] === 'number' ? 'a number' : 'true or false'}, got ${value}.`)
    : right({ ...others, [name]: parsed });
}

/** Returns the settings in JSON, such as that of a saved session. Entries that are not valid are left out. */
export const settingsIn = (json: unknown): Settings =>
  Object.entries(Object(json) as object).reduce<Settings>((settings, [name, value]) => {
    const next = withSetting(settings, name, String(value));
    return next._tag === 'Right' ? next.right : settings;
  }, {});

const isFieldName = (name: string): name is FieldName => Object.hasOwn(FIELDS, name);

function parse(kind: 'number' | 'boolean' | 'text', value: string): Scalar | null {
  if (kind === 'text') return value;
  if (kind === 'boolean') return value === 'true' || (value === 'false' ? false : null);
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}
