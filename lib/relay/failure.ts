import { isChatError, type ChatError, type HttpError } from '../errors';
import { isTransientStatus } from '../response/errors/isTransientStatus';
import { isRelayError } from './RelayError';

/** A failure as a reader may see it. */
interface Failure {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The error object of the protocol. */
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly code: string | number;
    readonly param: null;
  };
}

/** Creates the response to a request that failed before its first event. */
export function failureResponse(error: unknown, exposeErrors: boolean): Response {
  const { status, headers, error: body } = failureOf(error, exposeErrors);
  return new Response(JSON.stringify({ error: body }), {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
  });
}

/** Returns the event of a failure. No `[DONE]` follows it, so the answer does not count as complete. */
export const failureEvent = (error: unknown, exposeErrors: boolean): string =>
  `data: ${JSON.stringify({ error: failureOf(error, exposeErrors).error })}\n\n`;

function failureOf(error: unknown, exposeErrors: boolean): Failure {
  if (isRelayError(error)) {
    const { status, code, message, headers } = error;
    return { status, headers, error: { message, type: 'relay_error', code, param: null } };
  }
  if (!isChatError(error)) return INTERNAL;
  const { retryable, message, _tag: type } = error;
  const status = statusOf(error);
  return {
    status,
    headers: { 'x-should-retry': String(retryable), ...headersOf(error) },
    error: {
      message: exposeErrors ? message : messageOf(status, retryable),
      type,
      code: codeOf(status, retryable),
      param: null,
    },
  };
}

const INTERNAL: Failure = {
  status: 500,
  headers: { 'x-should-retry': 'false' },
  error: { message: 'the relay failed: see its log', type: 'relay_error', code: 424, param: null },
};

/** Statuses of a model's server that concern the request or the model. Its 401 and 403 concern the key of the relay. */
const PASSED_ON = [400, 404, 408, 409, 413, 422, 429, 503, 504];

/** Returns the status that a relay responds with. */
function statusOf(error: ChatError): number {
  switch (error._tag) {
    case 'HttpError':
      return upstreamStatus(error.status);
    case 'ServerError':
      return upstreamStatus(Number(error.code));
    case 'ChatTimeoutError':
      return 504;
    case 'RequestError':
      return 500;
    case 'AbortedError':
      return 503;
    default:
      return 502;
  }
}

function upstreamStatus(status: number): number {
  if (PASSED_ON.includes(status)) return status;
  return status === 529 ? 503 : 502; // Anthropic's and others' "overloaded".
}

/** Returns a code from which clients derive the same `retryable`, in an event too, where there are no headers. */
function codeOf(status: number, retryable: boolean): number {
  if (isTransientStatus(status) === retryable) return status;
  return retryable ? 503 : 424;
}

function messageOf(status: number, retryable: boolean): string {
  if (status === 429)
    return retryable
      ? 'the model has too many requests: try again later'
      : 'the quota of the model is spent, or the request is too large for it';
  if (status === 503) return 'the model is not available now: try again later';
  if (status === 504 || status === 408) return 'the model took too long';
  if (status < 500) return 'the model does not accept the request';
  return 'the model failed';
}

/** A request id that is safe in a header. */
const ID = /^[\w.:-]{1,200}$/;

function headersOf(error: ChatError): Record<string, string> {
  // Of an HttpError, and the first of a ServerError as well.
  const { retryAfterMs: ms = null, requestId = null } = error as Partial<HttpError>;
  return {
    ...(ms !== null && { 'retry-after': String(Math.ceil(ms / 1_000)), 'retry-after-ms': String(ms) }),
    ...(requestId !== null && ID.test(requestId) && { 'x-request-id': requestId }),
  };
}
