import { asyncScheduler, map, pipe, type OperatorFunction } from 'rxjs';

import { HttpError } from '../errors';
import type { Bytes, ResponseHead } from '../transport/transport';
import { textUpTo } from './bodyText';
import { errorDetailsOf } from './errorBody';
import { parseJson } from './errorShapes';
import type { ResponseContext } from './ResponseContext';
import { isTransient } from './retryable';
import { retryAfterMs, retryDelayMs } from './retryAfter';

/** Headers in which servers and gateways send their id of a request, in order of preference. */
const REQUEST_ID_HEADERS = ['x-request-id', 'request-id', 'apim-request-id', 'x-ms-request-id', 'cf-ray'];

/** Errors with the status of a response and the error in its body, as far as that arrives. */
export const failWithStatus = (
  head: ResponseHead,
  { limits }: ResponseContext,
): OperatorFunction<Bytes, never> =>
  pipe(
    textUpTo(limits.errorBody),
    map((body) => {
      // The clock of the timers: in virtual time, an HTTP date is one of virtual time.
      throw httpError(head, body, asyncScheduler.now());
    }),
  );

/**
 * Creates the error for a status other than 2xx.
 *
 * @param body - As much of the body as has arrived.
 * @param now - The present, in milliseconds since the epoch, for an HTTP date in `retry-after`.
 */
export function httpError({ status, headers }: ResponseHead, body: string, now: number): HttpError {
  const details = errorDetailsOf(body);
  const wait = retryAfterMs(headers, now) ?? retryDelayMs(parseJson(body));
  return new HttpError({
    ...details,
    status,
    body,
    requestId: REQUEST_ID_HEADERS.map((name) => headers[name]).find((id) => id !== undefined) ?? null,
    retryAfterMs: wait,
    retryable: shouldRetry(headers) ?? isTransient(status, details, wait !== null),
  });
}

/** The server's own decision, which OpenAI's clients follow as well. */
const shouldRetry = (headers: ResponseHead['headers']): boolean | undefined => {
  const value = headers['x-should-retry'];
  return value === 'true' ? true : value === 'false' ? false : undefined;
};
