import { RequestError } from '../errors';
import type { Profile } from '../servers/Profile';

/** A value that HTTP allows. Checked here because fetch's own complaint quotes the value, key and all. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const NAME = /^[!#$%&'*+\-.^_`|~\da-z]+$/;

/** Headers of a connection, or of a body of another length: fetch fails at one, or the server waits for the rest of the body. */
const OF_CONNECTION = /^(?:content-length|expect|keep-alive|transfer-encoding|upgrade)$/;

/**
 * Returns the headers of a request: names in lower case, the caller's own over the library's.
 *
 * @throws RequestError when a name or value cannot be sent; the message shows names only.
 */
export function headersOf(
  accept: string,
  key: string | undefined,
  hasBody: boolean,
  own: Readonly<Record<string, string>> = {},
  keyHeader: Profile['keyHeader'] = 'authorization',
): Record<string, string> {
  const headers: Record<string, string> = { accept };
  if (hasBody) headers['content-type'] = 'application/json';
  const keyName = keyHeader.toLowerCase();
  if (key !== undefined && key !== '') {
    headers[keyName] = sendable(keyName === 'authorization' ? `Bearer ${key}` : key, 'apiKey');
  }
  for (const [name, value] of Object.entries(own)) {
    const lower = name.toLowerCase();
    if (!NAME.test(lower)) {
      // A complete line as the name (`Authorization: Bearer …`) contains a key.
      const shown = name.replace(/([:\s]).{8,}/s, '$1…');
      throw new RequestError(
        `headers: ${JSON.stringify(shown)} is not a header name: use letters, digits and -`,
      );
    }
    if (OF_CONNECTION.test(lower)) {
      throw new RequestError(`headers: ${lower} belongs to the connection, leave it out`);
    }
    headers[lower] = sendable(value, `the value of ${name}`);
  }
  return headers;
}

function sendable(value: unknown, what: string): string {
  if (typeof value === 'string' && VALUE.test(value)) return value;
  throw new RequestError(`${what} cannot be sent in a header: use a string of one line, in Latin-1`);
}
