import { messageOf, RequestError } from '../errors';

/** Errors that engines throw for mistakes in code, and not for JSON that is received. */
const MISTAKE =
  /^(?:Reference|Range|Syntax(?!.*JSON))Error: |^TypeError: (?:Failed to execute|.*(?: is not (?:an? |iterable)|(?:Cannot|can't) \w+ propert))/s;

/** Returns the error of a mistake in the code of a fetch or a transport; `undefined` if the error may be of the network. */
export function codeMistake(part: 'fetch' | 'transport', cause: unknown): RequestError | undefined {
  const { name, message } = Object(cause) as Partial<Error>;
  if (!MISTAKE.test(`${name}: ${message}`)) return undefined;
  return new RequestError(`the ${part} has thrown: ${messageOf(cause)}`, { cause });
}
