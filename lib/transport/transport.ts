import type { Observable } from 'rxjs';

import { fieldsOf } from '../codec/isRecord';
import type { ChatError } from '../errors';
import type { Limits } from './limits';
import type { ReadGate } from './ReadGate';

/** An HTTP request. */
export interface TransportRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Absolute, or relative to the page in a browser. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text; absent for GET. */
  readonly body?: string;
  /** Checked before a read of the body is emitted. A transport that cannot pause its reads ignores it. */
  readonly gate?: ReadGate;
  /** The limits of the config, for a transport that buffers. One that passes reads on as they arrive ignores them. */
  readonly limits?: Limits;
  /**
   * Returns the error that the call of a stream has failed with, such as an idle timeout; `undefined` before that, and when it was
   * unsubscribed from. For a transport whose server continues without a connection.
   */
  readonly failure?: () => ChatError | undefined;
  /** Whether the request continues when its page is closed, as a stop does. For `fetch` only. */
  readonly keepalive?: boolean;
}

/** The head of an HTTP response, as plain data that can be recorded. */
export interface ResponseHead {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The bytes of one read of a body; may end inside a character. */
export type Bytes = Uint8Array;

/**
 * A function that sends a request and returns an Observable of the response: its head, then the reads of its body.
 *
 * A transport is cold: each subscription sends the request once, and unsubscribing aborts it in the same
 * tick. It emits one {@link ResponseHead}, whatever the status, then {@link Bytes}, and completes with the body. It
 * is an Observable and not a promise, so that marbles can replace the network and a pipeline runs in virtual time.
 *
 * A transport that sends the request again, as RxJS's `retry` around it does, emits another head. That voids the response before,
 * unless a part of it has been emitted: then the call errors with `ConnectionError`, since two answers cannot be joined.
 *
 * @example A server that sends the same answer to every request
 * ```ts
 * import { of } from 'rxjs';
 * import { chatCompletion$, type Transport } from 'rxjs-chat-completions';
 *
 * const body = 'data: {"choices":[{"delta":{"content":"Hi"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';
 * const fixedAnswer: Transport = () =>
 *   of({ status: 200, headers: { 'content-type': 'text/event-stream' } }, new TextEncoder().encode(body));
 *
 * chatCompletion$({ transport: fixedAnswer }, { model: 'any', messages: [] });
 * ```
 */
export interface Transport {
  (request: TransportRequest): Observable<ResponseHead | Bytes>;
  /**
   * Returns the address that the transport sends a request to, given that of the request: a transport may speak another protocol.
   * A transport around another one passes this function on. Default: the same address.
   */
  readonly addressOf?: (url: string) => string;
}

/** Returns the address that a transport sends a request to. */
export const addressAt = (transport: Transport | undefined, url: string): string =>
  transport?.addressOf?.(url) ?? url;

/** Whether a response has a successful status, and so the body that was requested. */
export const isSuccess = ({ status }: Pick<ResponseHead, 'status'>): boolean => status >= 200 && status < 300;

/** Whether a value of a transport is the head of the response and not a read of its body. */
export function isResponseHead(part: unknown): part is ResponseHead {
  const { status, headers } = fieldsOf(part);
  return status !== undefined && headers !== undefined;
}
