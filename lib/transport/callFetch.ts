import { fieldsOf } from '../codec/isRecord';
import { isError } from '../errors';
import { foreignOrigin } from './redirects';
import { unreadable } from './unreadable';

/**
 * A function that sends a request as `fetch` does.
 *
 * The global one is assignable, and so is any other, also where the global one has further members, as `preconnect` in Bun.
 */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/**
 * Calls fetch with an abort signal.
 *
 * Where the global `AbortController` is of another realm than fetch (jsdom around Node), fetch refuses the signal before it sends
 * anything. Then it is called again without a signal: an unsubscribe still cancels the body.
 *
 * @throws RequestError if fetch returns something else than a response.
 */
export async function callFetch(
  send: Fetch,
  url: string,
  init: RequestInit,
  signal: AbortSignal | undefined,
): Promise<Response> {
  const response: unknown = await sendWithSignal(send, url, init, signal).catch((error: unknown) =>
    responseIn(error, url),
  );
  if (isResponse(response)) return response;
  throw unreadable('the response has no status');
}

async function sendWithSignal(
  send: Fetch,
  url: string,
  init: RequestInit,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  try {
    return await send(url, { ...init, signal });
  } catch (error) {
    if (signal?.aborted || !refusesSignal(error)) throw error;
    return send(url, init);
  }
}

/**
 * Returns the response that a fetch has rejected with at a status other than 2xx: in an error, as ky and ofetch do, or by itself.
 *
 * One from another origin is that of a request of its own, such as for a token.
 */
function responseIn(error: unknown, url: string): unknown {
  const { response = !isError(error) && error } = fieldsOf(error);
  if (isResponse(response) && foreignOrigin(response.url, url) === undefined) return response;
  throw error;
}

/** Whether fetch refused a signal. Undici, node-fetch and browsers throw a TypeError that names its class; others quote the URL. */
function refusesSignal(error: unknown): boolean {
  const { name, message } = fieldsOf(error);
  return name === 'TypeError' && String(message).includes('AbortSignal');
}

const isResponse = (value: unknown): value is Response => typeof fieldsOf(value).status === 'number';
