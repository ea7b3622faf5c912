import { RequestError } from '../errors';
import { withoutQuery } from './url';

/** Characters that HTTP allows in a value. Checked here, because the error of `fetch` quotes the value and so the key. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const NAME = /^[!#$%&'*+\-.^_`|~\da-z]+$/;

/**
 * Returns the headers of a request, with names in lower case.
 *
 * @param accept - Accepted media type of the response.
 * @param key - Sent as `authorization: Bearer …`; not sent if empty.
 * @param hasBody - Whether the request has a JSON body.
 * @param custom - Headers of the config, which override those of the library.
 * @throws RequestError if a name or a value cannot be sent. The message contains names only.
 */
export function headersOf(
  accept: string,
  key: string | undefined,
  hasBody: boolean,
  custom: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const headers: Record<string, string> = { accept };
  if (hasBody) headers['content-type'] = 'application/json';
  if (key !== undefined && key !== '') headers.authorization = `Bearer ${key}`;
  if (!VALUE.test(headers.authorization ?? '')) {
    throw new RequestError('apiKey has a character that cannot be sent in a header, such as a line break');
  }
  for (const [name, value] of Object.entries(custom)) {
    const lower = name.toLowerCase();
    if (!NAME.test(lower)) throw new RequestError(`headers: ${JSON.stringify(name)} is not a header name`);
    if (typeof value !== 'string' || !VALUE.test(value)) {
      throw new RequestError(`headers: the value of ${name} cannot be sent in a header`);
    }
    headers[lower] = value;
  }
  return headers;
}

/** The parts of a request that may contain secrets. */
interface Addressed {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Headers and query parameters (Azure) that contain no secret. */
const PUBLIC = new Set(['accept', 'content-type', 'api-version']);

/**
 * Returns the texts to redact in errors: the key, the values of the headers of the config, and those of the URL's query.
 *
 * Values shorter than 8 characters are left out: redacting every `1` or `ollama` would garble an error and protect nothing.
 */
export function secretsOf({ url, headers }: Addressed): readonly string[] {
  const inHeaders = Object.entries(headers)
    .filter(([name]) => !PUBLIC.has(name))
    // A server that repeats the key leaves out its scheme.
    .map(([name, value]) => (name === 'authorization' ? value.replace(/^[\w-]+ +/, '') : value));
  const inQuery = [...new URLSearchParams(url.slice(withoutQuery(url).length))]
    .filter(([name]) => !PUBLIC.has(name))
    .flatMap(([, value]) => [value, encodeURIComponent(value)]);
  return [...new Set([...inHeaders, ...inQuery])].filter((value) => value.length >= 8);
}

/** Redacts secrets in a text, JSON or not: some servers repeat the key that they reject. */
export const redactSecrets = (text: string, secrets: readonly string[]): string =>
  secrets.reduce((redacted, secret) => redacted.replace(anyFormOf(secret), '***'), text);

/** Returns a pattern of a text that matches its JSON escapes too: PHP writes `\/`, .NET `\u002B`, Go `\u0026`. */
function anyFormOf(text: string): RegExp {
  const characters = Array.from(text, (character) => {
    const itself = character.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');
    const number = character.charCodeAt(0).toString(16).padStart(4, '0');
    return `(?:${/["\\/]/.test(character) ? '\\\\?' : ''}${itself}|\\\\u${number})`;
  });
  return new RegExp(characters.join(''), 'gi');
}
