import { RequestError } from '../errors';
import { isRecord } from './isRecord';

/** @throws RequestError with a problem if a value is not a function, which JavaScript allows. */
export function requireFunction(value: unknown, problem: string): void {
  if (typeof value !== 'function') throw new RequestError(problem);
}

/** @throws RequestError if options are not an object, with a call in which they are: another value would be ignored. */
export function requireOptions(options: unknown, example: string): void {
  if (!isRecord(options)) throw new RequestError(`options must be an object: ${example}`);
}
