import type { ServerWords } from '../errors';

type Json = Readonly<Record<string, unknown>>;

/** One shape that error objects come in: what it says, or `undefined` when the value has another shape. */
interface Shape {
  /** Who sends it. */
  readonly by: string;
  /** `depth` is how many error objects the value lies in. */
  readonly read: (value: Json, depth: number) => Partial<ServerWords> | undefined;
}

/** How many error objects may lie in one another; deeper ones would be an attack on the stack. */
const DEEPEST = 8;

/** The shapes recorded from some forty servers; the first that fits speaks. */
const SHAPES: readonly Shape[] = [
  {
    by: 'OpenAI, Groq, Ollama, llama.cpp, OpenRouter, Azure, DeepSeek, Perplexity: {error: {message, …}}',
    read: ({ error }, depth) => (isObject(error) ? (readShape(error, depth + 1) ?? said(error)) : undefined),
  },
  {
    by: 'xAI {code, error}, Venice, Lemonade, Ollama /api: {error: "…"}',
    // Beside a message (Fastify, NestJS), `error` is only the status in words.
    read: ({ error, message, ...beside }) =>
      isText(error) && !isText(message) ? { ...said(beside), words: error } : undefined,
  },
  {
    by: 'Mistral {object: "error", message}, doubleword {code, message, type}, Portkey {status, message}',
    read: (value) => (isText(value.message) ? { ...said(value), words: value.message } : undefined),
  },
  {
    by: 'Mistral, FastAPI servers: {detail: "…"}',
    read: ({ detail }) => (isText(detail) ? { words: detail } : undefined),
  },
  {
    by: 'FastAPI servers, for a field: {detail: [{loc, msg, type}]}',
    read: ({ detail }) => {
      const first: unknown = Array.isArray(detail) ? detail[0] : undefined;
      if (!isObject(first) || !isText(first.msg)) return undefined;
      return { words: first.msg, type: text(first.type), param: path(first.loc) };
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
export function wordsOfBody(body: string, otherwise: string): ServerWords {
  const json = parse(body);
  if (json !== undefined) return wordsOf(json, otherwise);
  const words = isHtml(body) ? wordsOfHtml(body) : body.trim();
  return { ...SILENT, words: words === '' ? otherwise : words };
}

/** What an error object says; the same for a frame in a stream and for a whole body. */
export function wordsOf(json: unknown, otherwise: string): ServerWords {
  // Google's compatibility layer wraps the object in an array.
  const value: unknown = Array.isArray(json) ? json[0] : json;
  if (isText(value)) return { ...SILENT, words: value };
  const read = isObject(value) ? readShape(value) : undefined;
  return { ...SILENT, words: otherwise, ...read };
}

/** Whether a body is a page for people: a proxy's error page, or a server that is something else. */
export const isHtml = (body: string): boolean => /^\s*<(!doctype|html|head|body|title|h1)\b/i.test(body);

const SILENT: ServerWords = { words: '', code: null, type: null, param: null };

function readShape(value: Json, depth = 0): Partial<ServerWords> | undefined {
  if (depth > DEEPEST) return undefined;
  for (const { read } of SHAPES) {
    const words = read(value, depth);
    if (words !== undefined) return unwrapped(words, depth);
  }
  return undefined;
}

/** The fields that sit beside a message. */
const said = ({ code, type, param, error_type }: Json): Partial<ServerWords> => ({
  code: typeof code === 'number' ? code : text(code),
  type: text(type) ?? text(error_type),
  param: text(param),
});

/** Ollama's message can itself be the JSON of the error of the llama-server behind it. */
function unwrapped(words: Partial<ServerWords>, depth: number): Partial<ServerWords> {
  if (words.words?.startsWith('{') !== true) return words;
  const inner = parse(words.words);
  const read = isObject(inner) ? readShape(inner, depth + 1) : undefined;
  return read?.words === undefined ? words : { ...words, ...present(read) };
}

const present = (words: Partial<ServerWords>): Partial<ServerWords> =>
  Object.fromEntries(Object.entries(words).filter(([, value]) => value !== null));

/** A proxy says what happened in the title or the first heading, and the reason in the paragraph after it. */
function wordsOfHtml(html: string): string {
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
const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const text = (value: unknown): string | null => (isText(value) ? value : null);

/** A place in the request, such as `["body", "messages", 0]`. */
const path = (value: unknown): string | null =>
  Array.isArray(value) ? text(value.filter((step) => typeof step !== 'object').join('.')) : null;
