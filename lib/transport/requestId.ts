import type { ResponseHead } from './transport';

/** Names of headers in which servers and gateways send their id of a request, in order of preference. */
const REQUEST_IDS = [
  /^x-request-id$/,
  /\brequest-?id$/, // x-amzn-requestid
  /\b(?:correlation|trace|log)-?id$/, // mistral-correlation-id, x-ds-trace-id, x-tt-logid
  /^cf-ray$/, // Cloudflare, which is in front of many servers.
];

/** Whether a header, in lower case, has an id of a request. */
export const isRequestIdHeader = (name: string): boolean => REQUEST_IDS.some((each) => each.test(name));

/** Returns the server's id of a request; `null` if it sends none. */
export function requestIdOf({ headers }: ResponseHead): string | null {
  const names = Object.keys(headers);
  const name = REQUEST_IDS.map((each) => names.find((other) => each.test(other))).find(Boolean);
  return headers[name ?? ''] ?? null;
}
