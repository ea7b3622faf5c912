import { cancelBody } from './bodyReader';
import { foreignOrigin, isRedirect, redirectTarget } from './redirects';
import { responseHead } from './responseHead';
import type { TransportRequest } from './transport';

/**
 * Sends a request, and follows redirects within its origin.
 *
 * A browser does not reveal the target of a redirect, so there none is followed.
 *
 * @param send - Calls fetch.
 * @throws ProtocolError at a redirect that is not followed.
 */
export async function followRedirects(
  send: (url: string, init: RequestInit) => Promise<Response>,
  { url, method, headers, body, keepalive }: TransportRequest,
): Promise<Response> {
  const init: RequestInit = { method, headers, body, keepalive, redirect: 'manual' };
  let from = url;
  for (let hops = 0; ; hops++) {
    const response = await send(from, init);
    const { status } = response;
    // React Native's fetch follows redirects regardless.
    const location = isRedirect(status)
      ? responseHead(response).headers.location
      : foreignOrigin(response.url, url)?.href;
    if (response.type !== 'opaqueredirect' && location === undefined) return response;
    cancelBody(response.body);
    from = redirectTarget(method, { from, status, location, hops });
  }
}
