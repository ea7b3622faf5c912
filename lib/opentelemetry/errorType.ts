import { isChatError, isError } from '../errors';

/** Returns the status of an HTTP error, or the name of any other. */
export function errorType(error: unknown): string {
  if (isChatError(error) && error._tag === 'HttpError') return String(error.status);
  return isError(error) ? error.name : '_OTHER';
}
