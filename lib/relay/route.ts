import { Refusal } from './Refusal';

/** The purpose of a request: a new answer, or one of the log. */
export type Route = 'create' | { readonly id: string };

/**
 * Returns the route of a request.
 *
 * @param hasLog - Whether there is a log of answers.
 * @throws Refusal for another path or method.
 */
export function routeOf({ method, url }: Request, hasLog: boolean): Route {
  const match = PATH.exec(new URL(url).pathname);
  const id = match?.[1];
  if (match === null || (id !== undefined && !hasLog)) throw notFound();
  const methods = id === undefined ? ['POST'] : ['GET', 'DELETE'];
  if (!methods.includes(method)) throw notAllowed(methods);
  return id === undefined ? 'create' : { id: decoded(id) };
}

const PATH = /\/chat\/completions(?:\/([^/]+))?\/?$/;

function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    throw notFound();
  }
}

const notFound = (): Refusal =>
  new Refusal(404, 'not_found', 'there is nothing at this path: send a POST to …/chat/completions');

const notAllowed = (methods: readonly string[]): Refusal =>
  new Refusal(405, 'method_not_allowed', `the method is not allowed here: use ${methods.join(' or ')}`, {
    headers: { allow: methods.join(', ') },
  });
