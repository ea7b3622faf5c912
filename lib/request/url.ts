import { attempt } from '../codec/attempt';
import { RequestError } from '../errors';

/** The default base URL: Ollama on this machine. */
export const DEFAULT_BASE_URL = 'http://localhost:11434/v1';

/**
 * Returns the URL of a call: the base URL with the path appended, before its query if there is one (Azure's `api-version`).
 *
 * @throws RequestError if the base URL cannot be called. The message contains no query and no password.
 */
export function urlOf(baseURL: string, path: string): string {
  const [, base = '', query = ''] = /^([^?#]*)(\?[^#]*)?/s.exec(baseURL.trim()) ?? [];
  // Without the path: appended to an empty host (`http://`), it would make the valid `http:/chat/…`.
  const absolute = parseUrl(base, pageUrl());
  if (absolute === undefined && /^https?:/i.test(base)) {
    throw new RequestError('baseURL is not a valid URL: check its host and port');
  }
  if (absolute === undefined || !/^https?:/.test(absolute.href)) {
    throw new RequestError('baseURL must begin with http:// or https://, or be relative in a page');
  }
  if (hasPassword(absolute)) {
    throw new RequestError('baseURL must not contain a user name or password: put them in headers');
  }
  if (/\/chat\/completions\/*$/i.test(base)) {
    throw new RequestError('baseURL must not end with /chat/completions, which is appended to it');
  }
  return `${base.replace(/\/+$/, '')}${path}${query}`;
}

/** Whether a URL contains a user name or a password, which fetch does not accept. */
export const hasPassword = (url: URL): boolean => originOf(url).includes('@');

/** Returns the origin of a URL, with its user name and password. */
export const originOf = ({ href }: URL): string => /^[^/]*\/\/[^/?#]*/.exec(href)?.[0] ?? '';

/** Returns a URL without its query, which contains the key of some servers. */
export const withoutQuery = (url: string): string => url.replace(/[?#].*$/s, '');

/** Returns a URL as errors and hooks show it: without its query, and without a key in its path. */
export function publicUrl(url: string): string {
  const shown = withoutQuery(url);
  return keysInPath(url).reduce((text, key) => text.replace(`/${key}`, '/***'), shown);
}

/** A segment of a path that is a key: by its prefix, or because letters and digits are mixed in a long run. */
const KEY = /^(?:sk|pk|rk|gsk|hf|xai|nvapi|key|token)[-_](?=.*\d).{8}|(?=[a-z]*\d)(?=\d*[a-z])[a-z\d]{20}/i;

/** Returns the keys in the path of a URL, which some gateways have there. */
export const keysInPath = (url: string): readonly string[] =>
  withoutQuery(url)
    .replace(/^[a-z][a-z\d+.-]*:\/\/[^/]*/i, '')
    .split('/')
    .filter((segment) => KEY.test(segment));

/** Returns a URL or its path without that of a call, which is appended to `baseURL`. */
export const withoutCall = (url: string): string =>
  url.replace(/\/(chat\/completions|embeddings|models)$/, '');

/** Returns the URL of the page, which relative URLs of its requests refer to; `undefined` outside a page. */
export const pageUrl = (): string | undefined =>
  (globalThis as { readonly location?: { readonly href: string } }).location?.href;

/**
 * Parses a URL; `undefined` for one that is not valid. Callers report it without the URL, which may contain a secret.
 *
 * A call reads only its `href`: the other properties throw in React Native before 0.80.
 */
export const parseUrl = (url: string, base?: string): URL | undefined => attempt(() => new URL(url, base));
