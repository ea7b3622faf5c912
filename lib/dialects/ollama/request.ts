import { isRecord } from '../../codec/isRecord';
import type { Fields } from '../Dialect';
import { ollamaMessages } from './messages';

/** Fields of a chat completion that are options of the model, by their name among the options. */
const OPTIONS = [
  ['temperature', 'temperature'],
  ['top_p', 'top_p'],
  ['seed', 'seed'],
  ['frequency_penalty', 'frequency_penalty'],
  ['presence_penalty', 'presence_penalty'],
  ['max_tokens', 'num_predict'],
  ['max_completion_tokens', 'num_predict'],
] as const;

/** Fields that both APIs have, and those of the native one. */
const SAME = [
  'model',
  'tools',
  'stream',
  'logprobs',
  'top_logprobs',
  'keep_alive',
  'truncate',
  'shift',
] as const;

/** Converts the fields of a chat completion to those of `/api/chat`. */
export function ollamaRequest(fields: Fields): Fields {
  return {
    ...Object.fromEntries(SAME.map((name) => [name, fields[name]])),
    messages: ollamaMessages(fields.messages),
    format: formatOf(fields.response_format),
    think: fields.think ?? thinkOf(fields),
    options: optionsOf(fields),
  };
}

function optionsOf(fields: Fields): Fields | undefined {
  const { stop, options } = fields;
  const all = {
    ...Object.fromEntries(
      OPTIONS.flatMap(([from, to]) => (fields[from] == null ? [] : [[to, fields[from]]])),
    ),
    ...(stop != null && { stop: typeof stop === 'string' ? [stop] : stop }),
    ...(isRecord(options) && options),
  };
  return Object.keys(all).length === 0 ? undefined : all;
}

/** Converts `reasoning_effort`, or OpenRouter's `reasoning: {effort}` as `/v1` does: `none` is `false`. */
function thinkOf({ reasoning_effort: effort, reasoning }: Fields): unknown {
  const value = effort ?? (isRecord(reasoning) ? reasoning.effort : undefined);
  return value === 'none' ? false : (value ?? undefined);
}

function formatOf(format: unknown): unknown {
  if (!isRecord(format)) return undefined;
  if (format.type === 'json_object') return 'json';
  return format.type === 'json_schema' && isRecord(format.json_schema)
    ? format.json_schema.schema
    : undefined;
}
