import { ifAny } from '../../codec/ifAny';
import { fieldsOf, isRecord } from '../../codec/isRecord';
import { parseJson } from '../../codec/parseJson';
import type { ErrorDetails } from '../../errors';
import {
  codesIn,
  errorInChoice,
  firstOf,
  hasErrorContent,
  isErrorName,
  isFailure,
  isSuccess,
  isText,
  valuesOf,
  type Json,
} from './errorFields';

type Details = Partial<ErrorDetails>;

/**
 * Reads an error object of one shape; `undefined` for a value of another shape.
 *
 * @param depth - Number of error objects around the value.
 */
type ErrorShape = (value: Json, depth: number) => Details | undefined;

/** The most error objects in one another that are read; more would be an attack on the stack. */
const MAX_DEPTH = 8;

/** The shapes of some fifty servers and gateways. The first that fits counts. */
const SHAPES: readonly ErrorShape[] = [
  // OpenAI, Groq, Ollama, llama.cpp, OpenRouter, Azure, DeepSeek, Perplexity: {error: {message, …}}, Google [{error}]
  (value, depth) => within(firstOf(value.error), {}, depth),
  // OAuth servers and gateways: {error: "invalid_token", error_description}
  (value) => reported(value.error_description, value, { code: text(value.error) }),
  // Mistral {object: "error", message}, doubleword {code, message, type}, Portkey {status, message}, {error: 500, message}
  // NestJS {message: ["…", "…"], error, statusCode}, Mistral, for a field {object: "error", message: {detail: […]}}
  (value, depth) => {
    const { message } = value;
    return messageIn(Array.isArray(message) ? message.filter(isText).join('; ') : message, value, depth);
  },
  // xAI {code, error}, Venice, Lemonade, Ollama’s own API: {error: "…"}
  // Beside a message (Fastify, NestJS), `error` is only the name of the status.
  (value) => reported(firstOf(value.error), value),
  // AWS {Message}, {error: {msg}}, Lambda {errorMessage, errorType}, Baidu {error_code, error_msg}, vLLM behind gateways
  // {error_type, error_message}, {retcode, retmsg}
  (value) => reported(valuesOf(value, MESSAGE_NAMES).find(isText), value),
  // RFC 9457: {type, title, status, detail}, Mistral {detail: "…"}, FastAPI servers {detail: {error}}, for a field
  // {detail: [{loc, msg, type}]}
  (value, depth) => {
    const { title, detail } = value;
    const isTitled = isText(title) && isText(detail);
    return messageIn(isTitled ? `${title}: ${detail}` : firstOf(detail), value, depth);
  },
  // For a field: {errors: {field: ["…"]}}
  (value) => {
    const [field, first] = (isRecord(value.errors) && Object.entries(value.errors)[0]) || [];
    return reported(firstOf(first), value, { param: text(field) });
  },
  // MiniMax: {base_resp: {status_code, status_msg}}, Xunfei: {header: {code, message}}; 0 is success
  ({ base_resp, header }, depth) => {
    const state = fieldsOf(base_resp ?? header);
    const { code = state.status_code } = state;
    return code == null || isSuccess(code) ? undefined : within(state, { code }, depth);
  },
  // OpenRouter: {choices: [{error}]}
  ({ choices }, depth) => messageIn(firstOf(errorInChoice(choices)), {}, depth),
  // Other names and spellings: {err}, {Error}, {inner_error}, Apigee's {fault: {faultstring, detail: {errorcode}}}, Bedrock's
  // {modelStreamErrorException}, and lists of them: Cloudflare {errors: [{code, message}]}, others {errors: ["…"]}.
  // Objects around an error: Groq's {x_groq: {error}}, OpenAI’s Responses API behind a gateway {response: {error}}, {data: {error}}
  (value, depth) => {
    for (const [name, field] of Object.entries(value)) {
      const isAround = isRecord(field) && (hasErrorContent(field.error) || hasErrorContent(field.Error));
      // Objects of the usual names are read above: twice at each depth would multiply.
      if (READ_ABOVE.includes(name) || !(isAround || isErrorName(name))) continue;
      const found = messageIn(firstOf(field), isAround ? {} : value, depth);
      const named = /\wexception$/i.test(name) ? { type: name } : {};
      if (found !== undefined) return { ...named, ...withoutNull(found) };
    }
    return undefined;
  },
  // An error without a message: {error: {code, type}}
  ({ error }) => (isRecord(error) ? ifAny(details(error)) : undefined),
  // A text without a name of an error, inside an error object or beside {ok: false}, {status: "error"}, {error: true}
  (value, depth) => {
    for (const name of depth === 0 && !isFailure(value) ? [] : TEXT_NAMES) {
      const found = messageIn(value[name], value, depth);
      if (found !== undefined) return found;
    }
    return undefined;
  },
];

/** Names that are read above, or are no field. */
const READ_ABOVE = ['error', 'message', 'detail', '__proto__'];
const MESSAGE_NAMES = /^(?:(?:err(?:or)?|ret(?:urn)?|result|status)_?)?(?:msg|message|tips|faultstring)$/i;
const TYPE_NAMES = ['type', 'error_type', 'errorType', '__type'];
const TEXT_NAMES = ['description', 'reason', 'details', 'text', 'title', 'statusText', 'body', 'data'];

/** Reads an error of any known shape, or a text; `undefined` for a value that has none. */
export function readErrorShape(json: unknown): Details | undefined {
  // Google's compatibility layer wraps the object in an array.
  const value = firstOf(json);
  if (isText(value)) return unwrapped({ serverMessage: value }, -1);
  return isRecord(value) ? readObject(value, -1) : undefined;
}

/** Reads the text of a message that is itself the JSON of an error: Ollama passes on that of its llama-server. */
function unwrapped(found: Details, depth: number): Details {
  if (found.serverMessage?.startsWith('{') !== true) return found;
  const inner = parseJson(found.serverMessage);
  const read = isRecord(inner) ? readObject(inner, depth) : undefined;
  return read?.serverMessage === undefined ? found : { ...found, ...withoutNull(read) };
}

function readObject(value: Json, depth: number): Details | undefined {
  if (depth >= MAX_DEPTH) return undefined;
  for (const read of SHAPES) {
    const found = read(value, depth + 1);
    if (found !== undefined) return unwrapped(found, depth + 1);
  }
  return undefined;
}

/** An error object inside another one, whose own fields count where the inner one has none. */
function within(inner: unknown, outer: Json, depth: number): Details | undefined {
  const found = isRecord(inner) ? readObject(inner, depth) : undefined;
  return found && { ...details(outer), ...withoutNull(found) };
}

/** A message or an error object, and the fields beside it; `undefined` if it is neither. */
const messageIn = (message: unknown, beside: Json, depth: number): Details | undefined =>
  reported(message, beside) ?? within(message, beside, depth);

/** A message and the fields beside it, some of them read elsewhere; `undefined` if the message is not one. */
const reported = (message: unknown, beside: Json, own: Details = {}): Details | undefined =>
  isText(message) ? { ...details(beside), ...own, serverMessage: message } : undefined;

/** Reads the fields beside a message, and those of an error or a detail that has none. */
const details = (value: Json): Details => {
  const { error, detail } = value;
  const parts = [value, fieldsOf(error), fieldsOf(detail)];
  const codes = [...parts.flatMap(codesIn), typeof error === 'number' && error].map(codeOf);
  return {
    code: codes.find((code) => code !== null) ?? null,
    type: parts.flatMap((part) => TYPE_NAMES.map((name) => part[name])).find(isText) ?? null,
    param: text(value.param) ?? path(value.loc),
  };
};

const codeOf = (code: unknown): string | number | null => (typeof code === 'number' ? code : text(code));

const withoutNull = (found: Details): Details =>
  Object.fromEntries(Object.entries(found).filter(([, value]) => value !== null));

const text = (value: unknown): string | null => (isText(value) ? value : null);

/** A place in the request, such as `["body", "messages", 0]`. */
const path = (value: unknown): string | null =>
  Array.isArray(value) ? text(value.filter((step) => typeof step !== 'object').join('.')) : null;
