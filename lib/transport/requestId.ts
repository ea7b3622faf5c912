import type { ResponseHead } from './transport';

/** A header in which a server or gateway sends its id of a request: `x-amzn-requestid`, `mistral-correlation-id`, `x-ds-trace-id`. */
const REQUEST_ID = /(?:request|correlation|trace|log)[-_]?id$/;

/** The header of Cloudflare, which is in front of many servers. */
const RAY = 'cf-ray';

/** Whether a header, in lower case, has an id of a request. */
export const isRequestIdHeader = (name: string): boolean => name === RAY || REQUEST_ID.test(name);

/** Returns the server's id of a request; `null` if it sends none. */
export const requestIdOf = ({ headers }: ResponseHead): string | null =>
  headers['x-request-id'] ??
  headers[Object.keys(headers).find((name) => REQUEST_ID.test(name)) ?? RAY] ??
  null;
