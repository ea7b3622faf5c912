import { ProtocolError } from '../errors';
import type { TransportRequest } from './transport';

/** The most redirects that the Fetch standard allows. */
const MAX_REDIRECTS = 20;

/**
 * Sends a request with `fetch`, and follows redirects within the origin.
 *
 * A redirect to another origin would take the conversation there, and 301 to 303 would turn a POST into a GET without it. A
 * browser does not reveal the target of a redirect, so there none is followed.
 *
 * @throws ProtocolError at a redirect that is not followed.
 */
export async function fetchWithinOrigin(
  send: typeof globalThis.fetch,
  { url, method, headers, body }: TransportRequest,
  signal: AbortSignal,
): Promise<Response> {
  let at = url;
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    const response = await send(at, { method, headers, body, signal, redirect: 'manual' });
    const target = targetOf(response, at);
    if (target === null) {
      assertSameOrigin(response.url, url, response);
      return response;
    }
    void response.body?.cancel().catch(() => undefined); // The rejection of an abort is expected.
    const isKept = method === 'GET' || response.status >= 307;
    if (target === undefined || !isKept || target.origin !== new URL(at).origin) throw redirectError(target);
    at = target.href;
  }
  throw new ProtocolError(`the server redirects more than ${MAX_REDIRECTS} times: check baseURL`);
}

/**
 * Throws if a response is from another origin than the request: some clients follow redirects regardless.
 *
 * @param responseUrl - The URL of the response; empty if the client does not report it.
 */
export function assertSameOrigin(responseUrl: string | null, requestUrl: string, response?: Response): void {
  const at = parse(responseUrl ?? '');
  const sent = parse(requestUrl);
  if (at === undefined || sent === undefined || at.origin === sent.origin) return;
  void response?.body?.cancel().catch(() => undefined);
  throw redirectError(at);
}

/** Returns the target of a redirect; `undefined` where a browser hides it, `null` if the response is none. */
function targetOf(response: Response, at: string): URL | undefined | null {
  if (response.type === 'opaqueredirect') return undefined;
  const location = response.headers.get('location');
  const isRedirect = response.status >= 300 && response.status < 400 && location !== null;
  return isRedirect ? new URL(location, at) : null;
}

const redirectError = (target: URL | undefined): ProtocolError =>
  new ProtocolError(
    `the server redirects to ${target ? target.origin + target.pathname : 'another URL'}; set baseURL to that URL`,
  );

function parse(url: string): URL | undefined {
  try {
    return new URL(url);
  } catch {
    return undefined; // Relative: the request of a page, which cannot be compared here.
  }
}
