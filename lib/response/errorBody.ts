import type { ErrorDetails } from '../errors';

type Json = Readonly<Record<string, unknown>>;

/** One shape that error objects come in: what it says, or `undefined` when the value has another shape. */
interface Shape {
  /** Who sends it. */
  readonly by: string;
  /** `depth` is how many error objects the value lies in. */
  readonly read: (value: Json, depth: number) => Partial<ErrorDetails> | undefined;
}

/** How many error objects may lie in one another; deeper ones would be an attack on the stack. */
const DEEPEST = 8;

/** The shapes recorded from some forty servers; the first that fits speaks. */
const SHAPES: readonly Shape[] = [
  {
    by: 'OpenAI, Groq, Ollama, llama.cpp, OpenRouter, Azure, DeepSeek, Perplexity: {error: {message, …}}',
    read: ({ error }, depth) =>
      isObject(error) ? (readShape(error, depth + 1) ?? details(error)) : undefined,
  },
  {
    by: 'xAI {code, error}, Venice, Lemonade, Ollama /api: {error: "…"}',
    // Beside a message (Fastify, NestJS), `error` is only the status in words.
    read: ({ error, message, ...beside }) =>
      isNonEmptyText(error) && !isNonEmptyText(message)
        ? { ...details(beside), serverMessage: error }
        : undefined,
  },
  {
    by: 'Mistral {object: "error", message}, doubleword {code, message, type}, Portkey {status, message}',
    read: (value) =>
      isNonEmptyText(value.message) ? { ...details(value), serverMessage: value.message } : undefined,
  },
  {
    by: 'Mistral, FastAPI servers: {detail: "…"}',
    read: ({ detail }) => (isNonEmptyText(detail) ? { serverMessage: detail } : undefined),
  },
  {
    by: 'FastAPI servers, for a field: {detail: [{loc, msg, type}]}',
    read: ({ detail }) => {
      const first: unknown = Array.isArray(detail) ? detail[0] : undefined;
      if (!isObject(first) || !isNonEmptyText(first.msg)) return undefined;
      return { serverMessage: first.msg, type: text(first.type), param: path(first.loc) };
    },
  },
  {
    by: 'Cloudflare: {errors: [{code, message}]}',
    read: ({ errors }, depth) => {
      const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
      return isObject(first) ? readShape(first, depth + 1) : undefined;
    },
  },
];

/**
 * What the body of a failed answer says, whatever shape it came in: JSON of a dozen kinds, HTML, plain text, nothing.
 *
 * @param body - The body's text; what could be had of it.
 * @param otherwise - The words for a body that says nothing.
 */
export function errorDetailsOf(body: string, otherwise: string): ErrorDetails {
  const json = parse(body);
  if (json !== undefined) return errorDetailsIn(json, otherwise);
  const text = isHtml(body) ? messageOfHtml(body) : body.trim();
  return { ...NO_DETAILS, serverMessage: text === '' ? otherwise : text };
}

/** What an error object says; the same for a frame in a stream and for a whole body. */
export function errorDetailsIn(json: unknown, otherwise: string): ErrorDetails {
  // Google's compatibility layer wraps the object in an array.
  const value: unknown = Array.isArray(json) ? json[0] : json;
  if (isNonEmptyText(value)) return { ...NO_DETAILS, serverMessage: value };
  const read = isObject(value) ? readShape(value) : undefined;
  return { ...NO_DETAILS, serverMessage: otherwise, ...read };
}

/** Whether a body is a page for people: a proxy's error page, or a server that is something else. */
export const isHtml = (body: string): boolean => /^\s*<(!doctype|html|head|body|title|h1)\b/i.test(body);

const NO_DETAILS: ErrorDetails = { serverMessage: '', code: null, type: null, param: null };

function readShape(value: Json, depth = 0): Partial<ErrorDetails> | undefined {
  if (depth > DEEPEST) return undefined;
  for (const { read } of SHAPES) {
    const details = read(value, depth);
    if (details !== undefined) return unwrapped(details, depth);
  }
  return undefined;
}

/** The fields that sit beside a message. */
const details = ({ code, type, param, error_type }: Json): Partial<ErrorDetails> => ({
  code: typeof code === 'number' ? code : text(code),
  type: text(type) ?? text(error_type),
  param: text(param),
});

/** Ollama's message can itself be the JSON of the error of the llama-server behind it. */
function unwrapped(details: Partial<ErrorDetails>, depth: number): Partial<ErrorDetails> {
  if (details.serverMessage?.startsWith('{') !== true) return details;
  const inner = parse(details.serverMessage);
  const read = isObject(inner) ? readShape(inner, depth + 1) : undefined;
  return read?.serverMessage === undefined ? details : { ...details, ...present(read) };
}

const present = (details: Partial<ErrorDetails>): Partial<ErrorDetails> =>
  Object.fromEntries(Object.entries(details).filter(([, value]) => value !== null));

/** A proxy says what happened in the title or the first heading, and the reason in the paragraph after it. */
function messageOfHtml(html: string): string {
  const heading = /<(h1|title)\b[^<>]*>([^<]*)</i.exec(html)?.[2] ?? '';
  const reason = /<\/h1>(?:\s|<p>)*([^<]+)/i.exec(html)?.[1] ?? '';
  return [heading, reason]
    .map((part) => part.replace(/\s+/g, ' ').trim())
    .filter((part) => part !== '')
    .join(': ');
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined; // Not JSON is an answer here, not a failure: the caller has other ways to read it.
  }
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isNonEmptyText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const text = (value: unknown): string | null => (isNonEmptyText(value) ? value : null);

/** A place in the request, such as `["body", "messages", 0]`. */
const path = (value: unknown): string | null =>
  Array.isArray(value) ? text(value.filter((step) => typeof step !== 'object').join('.')) : null;
