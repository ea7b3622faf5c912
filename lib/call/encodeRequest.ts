import { headersOf } from '../request/headers';
import { jsonBody } from '../request/jsonBody';
import { DEFAULT_BASE_URL, urlOf } from '../request/url';
import type { TransportRequest } from '../transport/transport';
import type { CallInfo } from './ChatHooks';
import type { ChatConfig } from './config';

/** A call, before it is addressed to a server. */
export interface Call {
  readonly operation: CallInfo['operation'];
  /** Number of the subscription; the first is 1. */
  readonly attempt: number;
  /** Appended to `baseURL`; begins with `/`. */
  readonly path: string;
  /** Accepted media type of the response. */
  readonly accept: 'text/event-stream' | 'application/json';
  /** Fields of the JSON body of a POST. A call without them is a GET. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

/**
 * Returns the request of a call.
 *
 * @param failure - Returns the failure of the call, for its transport.
 * @throws RequestError if the address, a header or the body cannot be sent.
 */
export function encodeRequest(
  config: ChatConfig,
  call: Call,
  key: string | undefined,
  failure?: TransportRequest['failure'],
): TransportRequest {
  const { baseURL = DEFAULT_BASE_URL, headers, profile, gate, limits } = config;
  const { path, accept, fields } = call;
  const url = urlOf(baseURL, path);
  const sent = headersOf(accept, key, fields !== undefined, headers, profile?.keyHeader);
  const body = fields && jsonBody(fields);
  return { method: fields ? 'POST' : 'GET', url, headers: sent, body, gate, limits, failure };
}
