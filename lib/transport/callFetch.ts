import { fieldsOf } from '../codec/isRecord';
import { RequestError } from '../errors';

/**
 * Calls fetch with an abort signal.
 *
 * Where the global `AbortController` is of another realm than fetch (jsdom around Node), fetch refuses the signal before it sends
 * anything. Then it is called again without a signal: an unsubscribe still cancels the body.
 *
 * @throws RequestError if fetch returns something else than a response.
 */
export async function callFetch(
  send: typeof globalThis.fetch,
  url: string,
  init: RequestInit,
  signal: AbortSignal | undefined,
): Promise<Response> {
  const response: unknown = await sendWithSignal(send, url, init, signal);
  if (isResponse(response)) return response;
  throw new RequestError('the fetch did not return a response; pass a fetch that follows the Fetch standard');
}

async function sendWithSignal(
  send: typeof globalThis.fetch,
  url: string,
  init: RequestInit,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  if (signal === undefined) return send(url, init);
  try {
    return await send(url, { ...init, signal });
  } catch (error) {
    if (signal.aborted || !refusesSignal(error)) throw error;
    return send(url, init);
  }
}

/** Whether fetch refused the class of a signal. Undici, node-fetch and browsers throw a TypeError that names it. */
function refusesSignal(error: unknown): boolean {
  const { name, message } = fieldsOf(error);
  return name === 'TypeError' && typeof message === 'string' && /signal/i.test(message);
}

const isResponse = (value: unknown): value is Response => typeof fieldsOf(value).status === 'number';
