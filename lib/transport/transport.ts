import type { Observable } from 'rxjs';

import type { ReadGate } from './ReadGate';

/** One HTTP request, ready to be sent. */
export interface TransportRequest {
  readonly method: 'GET' | 'POST';
  /** Absolute, or relative to the page in a browser. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text; absent for GET. */
  readonly body?: string;
  /** Asked before each read of the body; a transport that cannot hold a read back leaves it be. */
  readonly gate?: ReadGate;
}

/** The head of an HTTP response. Plain data, so that it can be recorded. */
export interface ResponseHead {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What one read of the body gave; it may end inside a character. */
export type Bytes = Uint8Array;

/**
 * The seam to the network: a request to an Observable of the response's head, then its reads.
 *
 * A transport is cold: each subscription sends the request once, and unsubscribing aborts it in the same
 * tick. It emits one {@link ResponseHead}, whatever the status, then {@link Bytes}, and completes with the body. It
 * is an Observable and not a promise, so that a marble can stand in for the network and a whole pipeline runs in
 * virtual time.
 *
 * @example A server that answers everything with one word
 * ```ts
 * import { of } from 'rxjs';
 * import { chatCompletion$, type Transport } from 'rxjs-chat-completions';
 *
 * const body = 'data: {"choices":[{"delta":{"content":"Hi"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';
 * const oneWord: Transport = () =>
 *   of({ status: 200, headers: { 'content-type': 'text/event-stream' } }, new TextEncoder().encode(body));
 *
 * chatCompletion$({ transport: oneWord }, { model: 'any', messages: [] });
 * ```
 */
export type Transport = (request: TransportRequest) => Observable<ResponseHead | Bytes>;

/** Tells a response's head from a read of its body. */
export const isResponseHead = (part: ResponseHead | Bytes): part is ResponseHead =>
  (part as Partial<ResponseHead>).status !== undefined;
