import { ProtocolError } from '../errors';
import { hasPassword, originOf, parseUrl, withoutCall, withoutQuery } from '../request/url';
import type { TransportRequest } from './transport';

/** The most redirects that the Fetch standard allows. */
const MAX_REDIRECTS = 20;

/** A redirect of a request. */
export interface Redirect {
  /** The URL that responded. */
  readonly from: string;
  readonly status: number;
  /** The value of the header `location`; `undefined` where a browser hides it. */
  readonly location: string | undefined;
  /** The number of redirects followed before. */
  readonly hops: number;
}

/** Whether a status with a `location` is a redirect. */
export const isRedirect = (status: number): boolean => status >= 300 && status < 400;

/**
 * Returns the URL that a redirect leads to.
 *
 * A redirect to another origin would take the conversation there, and 301 to 303 would turn a POST into a GET without it.
 *
 * @throws ProtocolError at a redirect that is not followed.
 */
export function redirectTarget(
  method: TransportRequest['method'],
  { from, status, location, hops }: Redirect,
): string {
  if (location === undefined) throw redirectError();
  const target = parseUrl(location, from);
  if (target === undefined) throw new ProtocolError('the server redirects to an invalid URL; check baseURL');
  const keepsBody = method === 'GET' || status >= 307;
  if (!keepsBody || hasPassword(target) || originOf(target) !== originOf(new URL(from)))
    throw redirectError(target);
  if (hops >= MAX_REDIRECTS)
    throw new ProtocolError(`the server redirects more than ${MAX_REDIRECTS} times: check baseURL`);
  return target.href;
}

/** Returns the URL of a response from another origin than its request; `undefined` if it is from the same or from an unknown one. */
export function foreignOrigin(responseUrl: string | null | undefined, requestUrl: string): URL | undefined {
  // Nearly always: a URL that is parsed, or is not one, costs as much as thirty chunks.
  if (!responseUrl || responseUrl === requestUrl) return undefined;
  const from = parseUrl(responseUrl);
  const sent = parseUrl(requestUrl);
  return from && sent && originOf(from) !== originOf(sent) ? from : undefined;
}

/** Creates the error of a redirect that is not followed; without a target where a browser hides it. */
export function redirectError(target?: URL): ProtocolError {
  const url = target ? withoutQuery(target.href).replace(/^([^/]*\/\/)[^/]*@/, '$1') : 'another URL';
  const base = withoutCall(url);
  return new ProtocolError(
    `the server redirects to ${url}; ${base === url ? 'check baseURL, or sign in' : `set baseURL to ${base}`}`,
  );
}
