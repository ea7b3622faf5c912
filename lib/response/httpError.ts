import { HttpError } from '../errors';
import { retryAfterMs } from './retryAfter';
import { errorDetailsOf } from './errorBody';
import type { ResponseHead } from '../transport/transport';

/** Where servers and gateways put their id of a request, the most telling first. */
const REQUEST_ID_HEADERS = ['x-request-id', 'request-id', 'apim-request-id', 'x-ms-request-id', 'cf-ray'];

/**
 * The error for a status other than 2xx.
 *
 * @param body - What could be had of the body, with secrets already hidden.
 * @param now - The time an HTTP date in `retry-after` is counted from, in milliseconds since the epoch.
 */
export function httpError(head: ResponseHead, body: string, now: number): HttpError {
  const details = errorDetailsOf(body, 'the server gave no reason');
  return new HttpError({
    ...details,
    status: head.status,
    body,
    requestId: REQUEST_ID_HEADERS.map((name) => head.headers[name]).find((id) => id !== undefined) ?? null,
    retryAfterMs: retryAfterMs(head.headers, now),
    retryable: isRetryable(head, details.code, details.type),
  });
}

/** Codes and types of a 429 that waiting does not cure: the account has no money left. */
const QUOTA_CODES = [
  'insufficient_quota',
  'billing_hard_limit_reached',
  'billing_not_active',
  'insufficient_balance',
];

/**
 * Whether sending the same again may help.
 *
 * 408, 409 (a lock), 429 and 5xx, but neither 501 nor a 429 for a spent quota; `x-should-retry` overrules,
 * as OpenAI's own clients have it.
 */
function isRetryable(
  { status, headers }: ResponseHead,
  code: string | number | null,
  type: string | null,
): boolean {
  const told = headers['x-should-retry'];
  if (told === 'true' || told === 'false') return told === 'true';
  if (status === 429) return !QUOTA_CODES.includes(String(code)) && !QUOTA_CODES.includes(String(type));
  return status === 408 || status === 409 || (status >= 500 && status !== 501);
}
