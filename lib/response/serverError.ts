import { ServerError, type ErrorDetails } from '../errors';
import { errorDetailsIn } from './errorBody';

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
function shown(
  { serverMessage, code, type, param }: ErrorDetails,
  redact: (text: string) => string,
): ErrorDetails {
  const hideIn = <T>(value: T): T | string => (typeof value === 'string' ? redact(value) : value);
  return {
    serverMessage: redact(serverMessage),
    code: hideIn(code),
    type: hideIn(type),
    param: hideIn(param),
  };
}

/**
 * The error that JSON under a good status speaks of.
 *
 * @param redact - Blots out secrets.
 */
export function serverError(json: unknown, redact: (text: string) => string): ServerError {
  const details = errorDetailsIn(json, 'the server reports an error without a message');
  const code = Number(details.code);
  // Mistral counts its own codes from 1000.
  const isTemporary = code === 429 || (code >= 500 && code < 600 && code !== 501);
  return new ServerError(shown(details, redact), isTemporary);
}
