import { ProtocolError } from '../errors';
import { cancelBody } from './bodyReader';
import { responseHead } from './responseHead';
import type { TransportRequest } from './transport';

/** Headers that fetch handles itself at a redirect to another origin. */
const FETCH_HEADERS = ['accept', 'authorization', 'content-type'];

/** The most redirects that the Fetch standard allows. */
const MAX_REDIRECTS = 20;

/**
 * Sends a request, and follows redirects within its origin if it has custom headers, which fetch would send to another one.
 *
 * @param send - Calls fetch.
 * @throws ProtocolError at a redirect that is not followed.
 */
export async function followRedirects(
  send: (url: string, init: RequestInit) => Promise<Response>,
  { url, method, headers, body }: TransportRequest,
): Promise<Response> {
  const hasCustomHeaders = Object.keys(headers).some((name) => !FETCH_HEADERS.includes(name));
  const init: RequestInit = { method, headers, ...(body !== undefined && { body }) };
  if (!hasCustomHeaders) return send(url, init);

  let at = url;
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    const response = await send(at, { ...init, redirect: 'manual' });
    const { location } = responseHead(response).headers;
    const moved = response.status >= 300 && response.status < 400 && location !== undefined;
    if (response.type !== 'opaqueredirect' && !moved) return response;
    cancelBody(response.body);
    // A browser does not reveal the target.
    const target = moved ? new URL(location, at) : undefined;
    // 301 to 303 would turn the POST into a GET without its body.
    if (
      target === undefined ||
      target.origin !== new URL(at).origin ||
      (method !== 'GET' && response.status < 307)
    ) {
      throw new ProtocolError(
        `the server redirects to ${target ? target.origin + target.pathname : 'another URL'}; set baseURL to that URL`,
      );
    }
    at = target.href;
  }
  throw new ProtocolError(`more than ${MAX_REDIRECTS} redirects`);
}
