import { ServerError } from '../errors';
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
  return new ServerError({ ...said, words: hide(said.words) }, isTemporary);
}
