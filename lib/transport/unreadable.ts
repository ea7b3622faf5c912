import { RequestError } from '../errors';

/** Creates the error of a `fetch` whose response cannot be read. */
export const unreadable = (what: string): RequestError =>
  new RequestError(`${what}; pass a fetch that follows the Fetch standard`);
