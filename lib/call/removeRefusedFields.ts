import { RequestError } from '../errors';
import type { ChatRequest } from '../request/ChatRequest';
import type { ServerExtras } from '../request/extras/ServerExtras';
import { refusedField } from '../response/errors/refusedField';
import type { RefusedFieldPolicy } from './RefusedFieldPolicy';

/** Fields without which a request means something else. */
const MEANING = ['messages', 'model', 'tools', 'functions', 'response_format', 'stream', 'input'] as const;

/** A field that {@link removeRefusedFields} may remove. */
export type RemovableField =
  Exclude<keyof ChatRequest, (typeof MEANING)[number] | 'extra'> | NamesOf<ServerExtras>;

/** The known names of an object type, without its index signature. */
type NamesOf<T> = keyof { [Name in keyof T as string extends Name ? never : Name]: T[Name] };

/** Fields that do not affect the answer. */
const DEFAULT_FIELDS: readonly RemovableField[] = [
  'stream_options',
  'store',
  'metadata',
  'user',
  'safety_identifier',
  'prompt_cache_key',
  'prompt_cache_retention',
];

/** The two names of one limit. */
const LIMITS: Readonly<Record<string, string>> = {
  max_tokens: 'max_completion_tokens',
  max_completion_tokens: 'max_tokens',
};

const EFFORT = ['reasoning_effort', 'reasoning'];

/** The fields that become a field of another protocol, by its name there. */
const TRANSLATED: Readonly<Record<string, readonly string[]>> = {
  // The Responses API. Its `max_output_tokens` is a limit, which is not removed, and has no other name there.
  reasoning: EFFORT,
  'reasoning.effort': EFFORT,
  'text.verbosity': ['verbosity'],
  // Ollama's own API
  think: EFFORT,
  thinking: EFFORT,
};

/**
 * Creates a policy for `ChatConfig.refusedFields`: removes a field that the server has just refused by name with 400 or 422.
 *
 * The request is sent again at once, without the field, and `onRemovedField` receives the field and the error. `max_tokens` and
 * `max_completion_tokens` are never removed but sent under the other name, once. Without `stream_options` no usage is requested.
 * A dialect may send a field under another name: that of the Responses API and of Ollama's own is recognised. Nothing is
 * remembered: the next call sends the field again, so list it in the `rejects` of a profile when you have seen it.
 *
 * @param fields - Fields that may be removed in addition. By default only those that do not change the answer:
 * `stream_options`, `store`, `metadata`, `user`, `safety_identifier`, `prompt_cache_key` and `prompt_cache_retention`.
 * @throws RequestError for `messages`, `model`, `tools`, `functions`, `response_format`, `stream` and `input`, which are never
 * removed.
 *
 * @example Accept parallel calls from a model that cannot disable them
 * ```ts
 * import { chatCompletion$, removeRefusedFields, type ChatConfig } from 'rxjs-chat-completions';
 *
 * const config: ChatConfig = {
 *   refusedFields: removeRefusedFields(['parallel_tool_calls']),
 *   hooks: { onRemovedField: (field) => console.warn(`sent again without ${field}`) },
 * };
 * const messages = [{ role: 'user', content: 'Hi' }] as const;
 * chatCompletion$(config, { model: 'o4-mini', messages, max_tokens: 500, parallel_tool_calls: false });
 * ```
 */
export function removeRefusedFields(fields: readonly RemovableField[] = []): RefusedFieldPolicy {
  const removable = new Set<string>([...DEFAULT_FIELDS, ...fields]);
  const kept = MEANING.find((field) => removable.has(field));
  if (kept !== undefined) {
    throw new RequestError(
      `removeRefusedFields cannot remove ${kept}: a request without it has another meaning, leave it out of the fields`,
    );
  }
  return ({ error, sent, removed }) => {
    const path = refusedField(error) ?? '';
    const [top = ''] = path.split(/[.[]/);
    const as = LIMITS[top];
    if (as !== undefined && sent.includes(top))
      return sent.includes(as) || removed.includes(as) ? null : { field: top, as };
    const field = [top, ...(TRANSLATED[path] ?? [])].find(
      (name) => sent.includes(name) && removable.has(name),
    );
    return field === undefined ? null : { field };
  };
}
