import { ProtocolError } from '../errors';
import { cancelBody } from './bodyReader';
import { responseHead } from './responseHead';
import type { TransportRequest } from './transport';

/** The most redirects that the Fetch standard allows. */
const MAX_REDIRECTS = 20;

/**
 * Sends a request, and follows redirects within its origin.
 *
 * A redirect to another origin would take the conversation there, and 301 to 303 would turn a POST into a GET without it. A
 * browser does not reveal the target of a redirect, so there none is followed.
 *
 * @param send - Calls fetch.
 * @throws ProtocolError at a redirect that is not followed.
 */
export async function followRedirects(
  send: (url: string, init: RequestInit) => Promise<Response>,
  { url, method, headers, body }: TransportRequest,
): Promise<Response> {
  const init: RequestInit = { method, headers, redirect: 'manual', ...(body !== undefined && { body }) };
  let at = url;
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    const response = await send(at, init);
    const isRedirect = response.status >= 300 && response.status < 400;
    const location = isRedirect ? responseHead(response).headers.location : undefined;
    if (response.type !== 'opaqueredirect' && location === undefined) {
      // React Native's fetch follows redirects regardless.
      const foreign = foreignOrigin(response.url, url);
      if (foreign === undefined) return response;
      cancelBody(response.body);
      throw redirectError(foreign);
    }
    cancelBody(response.body);
    const target = location === undefined ? undefined : new URL(location, at);
    const keepsBody = method === 'GET' || response.status >= 307;
    if (target === undefined || !keepsBody || target.origin !== new URL(at).origin)
      throw redirectError(target);
    at = target.href;
  }
  throw new ProtocolError(`the server redirects more than ${MAX_REDIRECTS} times: check baseURL`);
}

/** Returns the URL of a response from another origin than its request; `undefined` if it is from the same or from an unknown one. */
export function foreignOrigin(responseUrl: string | null | undefined, requestUrl: string): URL | undefined {
  const from = parse(responseUrl ?? '');
  const sent = parse(requestUrl);
  return from !== undefined && sent !== undefined && from.origin !== sent.origin ? from : undefined;
}

/** Creates the error of a redirect that is not followed; without a target where a browser hides it. */
export const redirectError = (target: URL | undefined): ProtocolError =>
  new ProtocolError(
    `the server redirects to ${target ? `${target.protocol}//${target.host}${target.pathname}` : 'another URL'}; set baseURL to that URL`,
  );

function parse(url: string): URL | undefined {
  try {
    return new URL(url);
  } catch {
    return undefined; // Relative, as the request of a page may be.
  }
}
