import type { ResponseHead } from './transport';

/** Headers in which servers and gateways send their id of a request, in order of preference. */
export const REQUEST_ID_HEADERS: readonly string[] = [
  'x-request-id',
  'request-id',
  'apim-request-id',
  'x-ms-request-id',
  'x-amzn-requestid', // Bedrock
  'mistral-correlation-id',
  'msh-request-id', // Moonshot
  'x-ds-trace-id', // DeepSeek
  'cf-ray',
];

/** Returns the server's id of a request; `null` if it sends none. */
export const requestIdOf = ({ headers }: ResponseHead): string | null =>
  REQUEST_ID_HEADERS.map((name) => headers[name]).find((id) => id !== undefined) ?? null;
