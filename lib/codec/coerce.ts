import { attempt } from './attempt';
import { fieldsOf, isRecord } from './isRecord';

/**
 * Converts a JSON value of an unexpected type to the value it plainly stands for.
 *
 * Returns all other values unchanged: those that fit already, and those without a plain meaning, which the codec then rejects.
 */
export type Coercion = (json: unknown) => unknown;

/** Text: a token such as `0.005` or `true` that a gateway has parsed as JSON. */
export const toText: Coercion = (json) =>
  typeof json === 'number' || typeof json === 'boolean' ? String(json) : json;

/** An id, a name or a type: a number as text; the text `null` (Mistral), `false` and empty containers as `null`. */
export const toLabel: Coercion = (json) => (json === 'null' || isEmpty(json) ? null : toText(json));

/** A finish reason. Zero is the default value of an enumeration and means none. */
export const toReason: Coercion = (json) => (json === 0 ? null : toLabel(json));

/** An index: digits as a number; `""`, `false` and empty containers as `null`. */
export const toIndex: Coercion = (json) => {
  if (json === '' || isEmpty(json)) return null;
  return typeof json === 'string' && /^\d{1,15}$/.test(json) ? Number(json) : json;
};

/** An object: `""`, `false` and empty lists as `null`; PHP serializes an empty object as `[]`. */
export const toFields: Coercion = (json) => (json === '' || (!isRecord(json) && isEmpty(json)) ? null : json);

/**
 * A list: an item without its list as the only item, `null` items left out; `""`, `false` and `{}` as `null`. PHP serializes a list
 * with a gap as an object, whose names are the numbers.
 *
 * @param itemFields - Fields of which an item has at least one.
 */
export const toList =
  (...itemFields: readonly string[]): Coercion =>
  (json) => {
    if (Array.isArray(json)) return withoutNulls(json);
    if (json === '' || isEmpty(json)) return null;
    if (!isRecord(json)) return json;
    if (itemFields.some((field) => Object.hasOwn(json, field))) return [json];
    return Object.keys(json).every((name) => /^\d+$/.test(name)) ? withoutNulls(Object.values(json)) : json;
  };

/** A model: its name, alone or where it has no id. */
export const toModel: Coercion = (json) => {
  if (typeof json === 'string') return { id: json };
  return isRecord(json) && json['id'] == null ? { ...json, id: json['name'] } : json;
};

/** A page of models: its list under the name `models`. */
export const toModelPage: Coercion = (json) =>
  isRecord(json) && json['data'] == null && json['models'] != null ? { ...json, data: json['models'] } : json;

/** Embeddings: a list without the object around it. */
export const toEmbeddings: Coercion = (json) => (Array.isArray(json) ? { data: json } : json);

/** A vector: the only one of a list, as llama.cpp sends that of each text. */
export const toVector: Coercion = (json) =>
  Array.isArray(json) && json.length === 1 && Array.isArray(json[0]) ? json[0] : json;

/** A function call: its arguments, where they have the name of Llama's format, of Anthropic's API or of Gemini's. */
export const toFunctionCall: Coercion = (json) => {
  if (!isRecord(json) || json['arguments']) return json;
  const { parameters, input, args, ...call } = json;
  const given = parameters ?? input ?? args;
  return given == null ? json : { ...call, arguments: given };
};

/** A tool call: its name and its arguments, where they are not in a `function`, are moved there. */
export const toCall: Coercion = (json) => {
  if (!isRecord(json) || json['custom'] != null) return json;
  if (json['function'] != null) {
    const called = toFunctionCall(json['function']);
    return called === json['function'] ? json : { ...json, function: called };
  }
  // Without a name, an `input` may be that of something else, such as a search of the server.
  const { name, arguments: text, ...call } = fieldsOf(json['name'] == null ? json : toFunctionCall(json));
  return (name ?? text) == null ? json : { ...call, function: { name, arguments: text } };
};

/** A choice of a completion: a `delta` in place of its message. */
export const toWholeChoice: Coercion = (json) => {
  if (!isRecord(json) || json['message'] != null || json['delta'] == null) return json;
  const { delta, ...choice } = json;
  return { ...choice, message: delta };
};

/** JSON text: an object or a list that a server has not serialized. */
export const toJsonText: Coercion = (json) => {
  if (Array.isArray(json) && isEmpty(json)) return null;
  return isContainer(json) ? serialized(json) : toText(json);
};

/** Content: a list of tokens as text; an object as a part without its list, if it looks like one, or as its JSON text. */
export const toContent: Coercion = (json) => {
  if (Array.isArray(json)) {
    const parts = withoutNulls(json);
    if (parts.every(isRecord)) return parts;
    return parts.some(isContainer) ? parts.map(toPart) : parts.join('');
  }
  if (!isRecord(json)) return toText(json);
  return typeof json['type'] === 'string' || typeof json['text'] === 'string' ? [json] : serialized(json);
};

/** Text of a content part, `{ value }` as in OpenAI's Assistants API, or of reasoning, `{ text }` as in Bedrock's API. */
export const toPartText: Coercion = (json) =>
  fieldsOf(json)['value'] ?? fieldsOf(json)['text'] ?? toLabel(json);

const toPart: Coercion = (json) => {
  const text = toText(json);
  return typeof text === 'string' ? { type: 'text', text } : json;
};

const isContainer = (json: unknown): boolean => typeof json === 'object' && json !== null;

/** `false`, and a list or an object with nothing in it. */
const isEmpty = (json: unknown): boolean =>
  json === false ||
  (Array.isArray(json) && json.every((item) => item === null)) ||
  (isRecord(json) && Object.keys(json).length === 0);

/** The same list if it has no `null`. */
const withoutNulls = (items: readonly unknown[]): readonly unknown[] =>
  items.includes(null) ? items.filter((item) => item !== null) : items;

/** JSON text of a value; the value itself, which the codec rejects, if it is nested too deeply to serialize. */
const serialized: Coercion = (json) => attempt(() => JSON.stringify(json)) ?? json;
