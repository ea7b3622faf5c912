import { ServerError, type ServerWords } from '../errors';
import { wordsOf } from './serverWords';

/** Whether JSON under a good status is an error. `"error": null` and `""` are none. */
export function isErrorAnswer(json: unknown): boolean {
  // Google's compatibility layer wraps the object in an array.
  const value: unknown = Array.isArray(json) ? json[0] : json;
  if (typeof value !== 'object' || value === null) return false;
  const { error, object } = value as { readonly error?: unknown; readonly object?: unknown };
  return (
    (typeof error === 'object' && error !== null) ||
    (typeof error === 'string' && error !== '') ||
    object === 'error'
  );
}

/** What a server says, without secrets: any of its fields may repeat the key. */
function shown({ words, code, type, param }: ServerWords, hide: (text: string) => string): ServerWords {
  const hideIn = <T>(value: T): T | string => (typeof value === 'string' ? hide(value) : value);
  return { words: hide(words), code: hideIn(code), type: hideIn(type), param: hideIn(param) };
}

/**
 * The error that JSON under a good status speaks of.
 *
 * @param hide - Blots out secrets.
 */
export function serverError(json: unknown, hide: (text: string) => string): ServerError {
  const said = wordsOf(json, 'the server reports an error without a message');
  const code = Number(said.code);
  // Mistral counts its own codes from 1000.
  const isTemporary = code === 429 || (code >= 500 && code < 600 && code !== 501);
  return new ServerError(shown(said, hide), isTemporary);
}
