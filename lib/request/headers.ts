import { RequestError } from '../errors';
import { withoutQuery } from './url';

/** What HTTP allows in a value. Checked here because fetch's own complaint quotes the value, key and all. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const NAME = /^[!#$%&'*+\-.^_`|~\da-z]+$/;

/**
 * The headers of a request; names in lower case, the caller's own over the library's.
 *
 * @throws RequestError when a name or value cannot be sent; the message shows names only.
 */
export function headersOf(
  accept: string,
  key: string | undefined,
  hasBody: boolean,
  own: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const headers: Record<string, string> = { accept };
  if (hasBody) headers['content-type'] = 'application/json';
  if (key !== undefined && key !== '') headers.authorization = `Bearer ${key}`;
  if (!VALUE.test(headers.authorization ?? '')) {
    throw new RequestError('apiKey has a character that cannot be sent in a header, such as a line break');
  }
  for (const [name, value] of Object.entries(own)) {
    const lower = name.toLowerCase();
    if (!NAME.test(lower)) throw new RequestError(`headers: ${JSON.stringify(name)} is not a header name`);
    if (typeof value !== 'string' || !VALUE.test(value)) {
      throw new RequestError(`headers: the value of ${name} cannot be sent in a header`);
    }
    headers[lower] = value;
  }
  return headers;
}

/** The part of a request that may hold secrets. */
interface Addressed {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Headers, and what Azure has in the query, whose values say nothing about their owner: they may show up in an error. */
const PUBLIC = new Set(['accept', 'content-type', 'api-version']);

/**
 * What must not show up in an error: the key, the values of the caller's own headers, and those of the address's query.
 *
 * Short values are left out; hiding every `1`, or every `ollama`, would garble an error and protect nothing.
 */
export function secretsOf({ url, headers }: Addressed): readonly string[] {
  const own = Object.entries(headers)
    .filter(([name]) => !PUBLIC.has(name))
    // A server that repeats the key does so without its scheme.
    .map(([name, value]) => (name === 'authorization' ? value.replace(/^[\w-]+ +/, '') : value));
  const inQuery = [...new URLSearchParams(url.slice(withoutQuery(url).length))]
    .filter(([name]) => !PUBLIC.has(name))
    .flatMap(([, value]) => [value, encodeURIComponent(value)]);
  return [...new Set([...own, ...inQuery])].filter((value) => value.length >= 8);
}

/** Blots secrets out of a text, JSON or not: some servers repeat the key they refuse. */
export const redactSecrets = (text: string, secrets: readonly string[]): string =>
  secrets.reduce((shown, secret) => shown.replace(anyFormOf(secret), '***'), text);

/** Finds a text also where JSON escapes it: `/` is `\/` to PHP, `+` is `\u002B` to .NET, `&` is `\u0026` to Go. */
function anyFormOf(text: string): RegExp {
  const characters = Array.from(text, (character) => {
    const itself = character.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');
    const number = character.charCodeAt(0).toString(16).padStart(4, '0');
    return `(?:${/["\\/]/.test(character) ? '\\\\?' : ''}${itself}|\\\\u${number})`;
  });
  return new RegExp(characters.join(''), 'gi');
}
