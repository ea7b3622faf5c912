import { filter, Observable, take, type Subscriber } from 'rxjs';

import { attempt } from '../codec/attempt';
import { isChatError, messageOf, RequestError, type ChatError } from '../errors';
import { redactError, redactorOf } from '../request/redact';
import { bytesOfRead, cancelBody, readerOf, type BodyReader } from './bodyReader';
import { callFetch, type Fetch } from './callFetch';
import { fetchFailure } from './fetchFailure';
import { followRedirects } from './followRedirects';
import type { ReadGate } from './ReadGate';
import { responseHead } from './responseHead';
import { isSuccess, type Bytes, type ResponseHead, type Transport, type TransportRequest } from './transport';
import { unreadable } from './unreadable';

/** Options for {@link fetchTransport}. */
export interface FetchTransportOptions {
  /** The `fetch` to use. Default: the global one, looked up at each subscription, so that a test can replace it. */
  readonly fetch?: Fetch;
}

/**
 * Creates the default transport, which sends the request with `fetch` and emits each read of the body.
 *
 * Unsubscribing aborts the request in the same tick, before the head, during a read or between reads. It also cancels the
 * reader, for a `fetch` that ignores signals. Redirects are followed within the origin only, and 301 to 303 not at all for a
 * POST. A browser does not reveal the target of a redirect, so there none is followed.
 *
 * Any `fetch` works whose body is a web stream or an async iterable, such as that of `node-fetch`, or which has `text` or `arrayBuffer`.
 * Node's `fetch` times out after 300 s without a head or without a read. To wait longer, pass a `fetch` with another
 * dispatcher.
 *
 * @param options - The `fetch` to use.
 * @returns A transport that errors with {@link ConnectionError} if the server cannot be reached or the connection breaks,
 * with {@link ChatTimeoutError} if Node times out before the head, with {@link ProtocolError} at a redirect that it does not
 * follow, and with {@link RequestError} for a `fetch` whose response cannot be read.
 *
 * @example Use another fetch
 * ```ts
 * import { chatCompletion$, fetchTransport } from 'rxjs-chat-completions';
 *
 * const withCookies = fetchTransport({ fetch: (url, init) => fetch(url, { ...init, credentials: 'include' }) });
 * const messages = [{ role: 'user', content: 'Hi' }] as const;
 * chatCompletion$({ transport: withCookies }, { model: 'llama3.2', messages });
 * ```
 */
export function fetchTransport({ fetch: customFetch }: FetchTransportOptions = {}): Transport {
  return (request) =>
    new Observable<ResponseHead | Bytes>((subscriber) => {
      // A variable: a browser's fetch that is called as a method throws 'Illegal invocation'.
      const fetch = customFetch ?? (globalThis as Partial<Pick<typeof globalThis, 'fetch'>>).fetch;
      if (fetch) new FetchCall(request, subscriber).start(fetch);
      else subscriber.error(new RequestError('there is no global fetch: pass one as `fetch` in the config'));
    });
}

/** The progress of a call: before the head, while the response is converted, after its head was emitted, and after its end. */
type Phase = 'connect' | 'response' | 'body' | 'over';

/** A class and no closures, as in readResponse. */
class FetchCall {
  readonly #request: TransportRequest;
  readonly #subscriber: Subscriber<ResponseHead | Bytes>;
  readonly #controller = typeof AbortController === 'undefined' ? undefined : new AbortController();
  #reader: BodyReader | undefined;
  #phase: Phase = 'connect';

  constructor(request: TransportRequest, subscriber: Subscriber<ResponseHead | Bytes>) {
    this.#request = request;
    this.#subscriber = subscriber;
  }

  /** Sends the request, and emits the response until the subscriber unsubscribes. */
  start(fetch: Fetch): void {
    this.#subscriber.add(() => {
      if (this.#phase !== 'over') this.#abort();
    });
    this.#emitResponse(fetch).then(
      () => {
        this.#phase = 'over';
        this.#subscriber.complete();
      },
      (error: unknown) => this.#fail(error),
    );
  }

  async #emitResponse(fetch: Fetch): Promise<void> {
    const request = this.#request;
    const subscriber = this.#subscriber;
    const signal = this.#controller?.signal;
    const response = await followRedirects((url, init) => callFetch(fetch, url, init, signal), request);
    if (subscriber.closed) {
      // A fetch that ignores signals resolves after an abort.
      cancelBody(response.body);
      return;
    }
    // `Response.error()`, and the response to the mode `no-cors`.
    if (response.status === 0) throw new TypeError('network error');
    this.#phase = 'response';
    const head = responseHead(response);
    // Before the head is emitted: an unsubscribe at the head has to cancel the body. That of a failure may have been read (ofetch).
    this.#reader = isSuccess(head) ? readerOf(response.body) : attempt(() => readerOf(response.body));
    this.#phase = 'body';
    subscriber.next(head);
    await (this.#reader === undefined
      ? emitFullBody(response, subscriber)
      : emitReads(this.#reader, subscriber, request.gate));
  }

  #fail(error: unknown): void {
    const phase = this.#phase;
    this.#phase = 'over';
    const failure = isChatError(error) ? error : failureOf(error, phase, this.#request);
    // A response that is not read to its end holds its connection.
    if (phase === 'response' || failure === error) this.#abort();
    this.#subscriber.error(failure);
  }

  #abort(): void {
    this.#controller?.abort();
    this.#reader?.cancel();
  }
}

function failureOf(error: unknown, phase: Phase, request: TransportRequest): ChatError {
  if (phase === 'response') return unreadable(`the response cannot be read (${messageOf(error)})`);
  return redactError(fetchFailure(error, request.url, phase === 'body'), redactorOf(request));
}

/** Emits the complete body at once: React Native's fetch has no body stream, and before 0.73 an `arrayBuffer` that rejects. */
async function emitFullBody(
  response: Partial<Pick<Response, 'arrayBuffer' | 'body' | 'text'>>,
  subscriber: Subscriber<Bytes>,
): Promise<void> {
  if (subscriber.closed) return;
  const body = await (response.text?.() ?? response.arrayBuffer?.());
  // A mock, or the response of another client, may have none of the three.
  if (body !== undefined || response.body !== null) subscriber.next(bytesOfRead(body));
}

/**
 * Emits each read, until the body ends or the subscriber unsubscribes.
 *
 * One read is made ahead while the gate is closed, since the error of a broken connection discards what was received.
 */
async function emitReads(
  reader: BodyReader,
  subscriber: Subscriber<Bytes>,
  gate: ReadGate | undefined,
): Promise<void> {
  while (!subscriber.closed) {
    const { done, value } = await reader.read();
    if (done === true || value === undefined) return;
    while (gate?.isOpen === false) await untilOpen(gate, subscriber);
    subscriber.next(bytesOfRead(value));
  }
}

/** Waits until a gate opens. After an unsubscribe the promise stays pending, and nothing refers to it. */
const untilOpen = (gate: ReadGate, subscriber: Subscriber<Bytes>): Promise<void> =>
  new Promise((resolve, reject) => {
    subscriber.add(
      gate.isOpen$.pipe(filter(Boolean), take(1)).subscribe({ next: () => resolve(), error: reject }),
    );
  });
