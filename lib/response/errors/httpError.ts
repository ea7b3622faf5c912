import type { OperatorFunction } from 'rxjs';

import { HttpError } from '../../errors';
import { requestIdOf } from '../../transport/requestId';
import type { Bytes, ResponseHead } from '../../transport/transport';
import { failWithText } from '../bodyText';
import { errorDetailsOf, jsonIn } from './errorBody';
import { statusIn } from './errorFields';
import { rateLimitOf } from './rateLimit';
import type { ResponseContext } from '../ResponseContext';
import { isTransient } from './retryable';
import { retryAfterMs, retryDelayMs } from './retryAfter';

/** Errors with the status of a response and the error in its body, as far as that arrives. */
export const failWithStatus = (
  head: ResponseHead,
  context: ResponseContext,
): OperatorFunction<Bytes, never> =>
  // The clock of the timers: in virtual time, an HTTP date is one of virtual time.
  failWithText(context, (body) => httpError(head, body, context.scheduler.now()));

/**
 * Creates the error for a status other than 2xx.
 *
 * @param body - As much of the body as has arrived.
 * @param now - The present, in milliseconds since the epoch, for dates in headers.
 */
export function httpError(head: ResponseHead, body: string, now: number): HttpError {
  const { status, headers } = head;
  const json = jsonIn(body);
  const details = errorDetailsOf(body, json);
  const wait = retryAfterMs(headers, now) ?? retryDelayMs(json, details.serverMessage);
  const code = details.code ?? statusIn(json);
  const rateLimit = rateLimitOf(headers, now);
  // A key without any allowance: Mistral.
  const isNone = status === 429 && rateLimit?.requests?.limit === 0;
  // The server's own decision, which OpenAI's clients follow as well.
  const shouldRetry = headers['x-should-retry'];
  return new HttpError({
    ...details,
    status,
    body,
    requestId: requestIdOf(head),
    rateLimit,
    retryAfterMs: wait,
    retryable:
      shouldRetry === 'true' ||
      (shouldRetry !== 'false' && !isNone && isTransient(status, { ...details, code }, wait !== null)),
  });
}
