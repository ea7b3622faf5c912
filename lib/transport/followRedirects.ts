import { cancelBody } from './bodyReader';
import { foreignOrigin, isRedirect, redirectError, redirectTarget } from './redirects';
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
    const location = isRedirect(status) ? responseHead(response).headers.location : undefined;
    if (response.type !== 'opaqueredirect' && location === undefined) {
      // React Native's fetch follows redirects regardless.
      const foreign = foreignOrigin(response.url, url);
      if (foreign === undefined) return response;
      cancelBody(response.body);
      throw redirectError(foreign);
    }
    cancelBody(response.body);
    from = redirectTarget(method, { from, status, location, hops });
  }
}
