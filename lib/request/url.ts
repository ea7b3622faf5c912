import { RequestError } from '../errors';

/** Ollama's address, where nothing else is said. */
export const DEFAULT_BASE_URL = 'http://localhost:11434/v1';

/**
 * The address of a call: the path appended to the base, before its query if it has one (Azure's `api-version`).
 *
 * @throws RequestError when the base is no address this program can call. Its message shows no query and no password.
 */
export function urlOf(baseURL: string, path: string): string {
  const [, base = '', query = ''] = /^([^?#]*)(\?[^#]*)?/s.exec(baseURL.trim()) ?? [];
  // The base alone: with a path appended, an empty host (`http://`) would be `http:/chat/…`, which is valid.
  const absolute = parse(base);
  if (absolute === undefined) {
    throw new RequestError(
      /^[a-z][a-z\d+.-]*:/i.test(base)
        ? 'baseURL is not a valid URL'
        : 'baseURL is relative, and there is no page here that it could be relative to',
    );
  }
  if (absolute.protocol !== 'http:' && absolute.protocol !== 'https:') {
    throw new RequestError(`baseURL must begin with http:// or https://, not ${absolute.protocol}//`);
  }
  if (absolute.username !== '' || absolute.password !== '') {
    throw new RequestError('baseURL must not contain a user name or password: put them in headers');
  }
  if (/\/chat\/completions\/*$/i.test(base)) {
    throw new RequestError(
      'baseURL must not end with /chat/completions, because that is appended to it: remove it',
    );
  }
  return `${base.replace(/\/+$/, '')}${path}${query}`;
}

/** The address without its query, where some servers are given their key. */
export const withoutQuery = (url: string): string => url.replace(/[?#].*$/s, '');

function parse(url: string): URL | undefined {
  const page = (globalThis as { readonly location?: { readonly href: string } }).location?.href;
  try {
    return new URL(url, page);
  } catch {
    return undefined; // The caller says what is wrong, without the URL: it may hold a secret.
  }
}
