import type { ChatError } from '../errors';
import { createSecretFinder, type SecretFinder } from './secretForms';
import { keysInPath, withoutQuery } from './url';

/** The parts of a request that may contain secrets. */
interface Addressed {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text. */
  readonly body?: string;
}

/** Replaces secrets in a text by `***`. */
export type Redact = (text: string) => string;

/** Headers and query parameters that contain no secret. */
const PUBLIC = new Set([
  ...['accept', 'accept-language', 'content-type', 'api-version', 'user-agent'],
  ...['http-referer', 'referer', 'x-title', 'anthropic-version', 'openai-beta'],
]);

/** Keys that documentation gives for servers without keys. They occur in the names of models and products. */
const PLACEHOLDERS = new Set([
  ...[
    'lm-studio',
    'lmstudio',
    'lm_studio',
    'llama.cpp',
    'llamacpp',
    'llama-cpp',
    'localhost',
    'koboldcpp',
    'mistralrs',
  ],
  ...[
    'not-needed',
    'not-required',
    'no-key-required',
    'sk-no-key-required',
    'anything',
    'placeholder',
    'undefined',
  ],
  ...['dummy-key', 'local-key', 'test-key', 'your-api-key', 'your_api_key', 'token-abc123'],
]);

/** The shortest secret. Redacting every `1` or `ollama` would garble an error and protect nothing. */
const SHORTEST = 8;

/** Schemes that precede a key in a header. A server that repeats the key leaves them out. */
const SCHEME = /^(?:bearer|basic|token|api-?key|key|digest|negotiate)\s+/i;

/** The name of a JSON field that contains a secret, such as `api_key`, or `key` in the data sources of Azure. */
const SECRET_NAME = '(?:[\\w-]{0,40}(?:api[-_]?key|secret|password|token|authorization)|key)';

/** A JSON field that contains a secret. Bounded, as a body may contain images. */
const SECRET_FIELD = new RegExp(`"${SECRET_NAME}":\\s*"((?:[^"\\\\]|\\\\.){1,4096})"`, 'gi');

const WHOLE_SECRET_NAME = new RegExp(`^${SECRET_NAME}$`, 'i');

/** Whether a field of a body contains a secret, by its name. */
export const isSecretName = (name: string): boolean => WHOLE_SECRET_NAME.test(name);

/**
 * Creates the redaction of one request: of its key, its headers, the query of its URL and the secrets in its body, in every form.
 *
 * The patterns are compiled at the first use, since most calls need none.
 */
export function redactorOf(request: Addressed): Redact {
  let redact: Redact | undefined;
  return (text) => {
    redact ??= redactWith(createSecretFinder(secretsOf(request)));
    return redact(text);
  };
}

/** Creates the redaction of the secrets that a finder finds. */
export const redactWith =
  (find: SecretFinder): Redact =>
  (text) => {
    let redacted = '';
    let from = 0;
    for (const { start, end } of find(text)) {
      redacted += `${text.slice(from, start)}***`;
      from = end;
    }
    return redacted + text.slice(from);
  };

/**
 * Redacts an error: its message, every own field, and its cause, which is reduced to name, message and code.
 *
 * Runs when an error leaves a call, after its texts were unescaped and cut.
 *
 * @returns The same error.
 */
export function redactError<E extends ChatError>(error: E, redact: Redact): E {
  const { message } = error;
  const fields = error as unknown as Record<string, unknown>;
  for (const name of Object.getOwnPropertyNames(error)) {
    if (name === '_tag' || name === 'name' || name === 'stack') continue;
    const value = fields[name];
    fields[name] = name === 'cause' ? reducedCause(value, redact) : redactIn(value, redact);
  }
  if (error.message !== message && error.stack !== undefined) error.stack = redact(error.stack);
  return error;
}

/** A copy of a JSON value with its texts redacted. */
export function redactIn<T>(value: T, redact: Redact): T;
export function redactIn(value: unknown, redact: Redact): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map((item: unknown) => redactIn(item, redact));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [redact(name), redactIn<unknown>(item, redact)]),
  );
}

/** Returns the texts of a request that no error may contain. */
export function secretsOf({ url, headers, body = '' }: Addressed): readonly string[] {
  const inHeaders = Object.entries(headers).filter(([name]) => !PUBLIC.has(name));
  const inQuery = [...new URLSearchParams(url.slice(withoutQuery(url).length))].filter(
    ([name]) => !PUBLIC.has(name),
  );
  const values = [...inHeaders, ...inQuery].map(([, value]) => value).concat(keysInPath(url));
  const secrets = values.flatMap(partsOf).concat(fieldsIn(body));
  return [...new Set(secrets)].filter(
    (secret) => secret.length >= SHORTEST && !PLACEHOLDERS.has(secret.toLowerCase()),
  );
}

/** Returns the secrets in fields of JSON, among them the headers of MCP servers. */
const fieldsIn = (json: string): readonly string[] =>
  Array.from(json.matchAll(SECRET_FIELD), ([, value = '']) => value.replace(SCHEME, ''));

/** Returns a value without its scheme, its parameters (cookies and JSON among them), and all of these decoded. */
function partsOf(value: string): readonly string[] {
  let key = value.trim();
  const isBasic = /^basic\s/i.test(key);
  while (SCHEME.test(key)) key = key.replace(SCHEME, '').trim();
  const ownScheme = /^[\w-]+\s+(.+)$/.exec(key)?.[1] ?? '';
  const parameters = (ownScheme || key)
    .split(/[;,]/)
    .flatMap((part) => /^\s*[^\s=]+=\s*"?(.*?)"?\s*$/.exec(part)?.[1] ?? [])
    .concat(fieldsIn(key));
  const credentials = isBasic ? decodeBase64(key) : '';
  const parts = [key, ownScheme, ...parameters, credentials, credentials.slice(credentials.indexOf(':') + 1)];
  return parts.flatMap((part) => [part.trim(), decodeUri(part.trim())]);
}

function decodeBase64(text: string): string {
  try {
    return atob(text);
  } catch {
    return ''; // Not credentials after all; the value itself is redacted in any case.
  }
}

function decodeUri(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function reducedCause(cause: unknown, redact: Redact): unknown {
  if (typeof cause !== 'object' || cause === null) return redactIn(cause, redact);
  const { name, message, code } = cause as Readonly<Record<'name' | 'message' | 'code', unknown>>;
  return redactIn({ name, message, ...(code !== undefined && { code }) }, redact);
}
