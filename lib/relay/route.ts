import { attempt } from '../codec/attempt';
import { RelayError } from './RelayError';

/** The purpose of a request: a new answer, or one of the log. */
export type Route = 'create' | { readonly id: string };

/**
 * Returns the route of a request.
 *
 * @param hasLog - Whether there is a log of answers.
 * @throws RelayError for another path or method.
 */
export function routeOf({ method, url }: Request, hasLog: boolean): Route {
  const [path, escapedId = ''] = PATH.exec(new URL(url).pathname) ?? [];
  const id = attempt(() => decodeURIComponent(escapedId));
  if (path === undefined || id === undefined || (id !== '' && !hasLog)) throw notFound();
  const methods = id === '' ? ['POST'] : ['GET', 'DELETE'];
  if (!methods.includes(method)) throw notAllowed(methods);
  return id === '' ? 'create' : { id };
}

const PATH = /\/chat\/completions(?:\/([^/]+))?\/?$/;

const notFound = (): RelayError =>
  new RelayError(404, 'not_found', 'there is nothing at this path: send a POST to …/chat/completions');

const notAllowed = (methods: readonly string[]): RelayError =>
  new RelayError(405, 'method_not_allowed', `the method is not allowed here: use ${methods.join(' or ')}`, {
    headers: { allow: methods.join(', ') },
  });
