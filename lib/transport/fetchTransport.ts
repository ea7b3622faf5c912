import { filter, Observable, take, type Subscriber } from 'rxjs';

import { isChatError, RequestError } from '../errors';
import { redactError, redactorOf } from '../request/redact';
import { fetchFailure } from './fetchFailure';
import type { ReadGate } from './ReadGate';
import { fetchWithinOrigin } from './redirects';
import type { Bytes, ResponseHead, Transport } from './transport';

/** Options for {@link fetchTransport}. */
export interface FetchTransportOptions {
  /** The `fetch` to use. Default: the global one, looked up at each subscription, so that a test can replace it. */
  readonly fetch?: typeof globalThis.fetch;
}

/**
 * Creates the default transport, which sends the request with `fetch` and emits each read of the body.
 *
 * Unsubscribing aborts the request in the same tick, before the head, during a read or between reads. It also cancels the
 * reader, for a `fetch` that ignores signals. Redirects are followed within the origin only, and 301 to 303 not at all for a
 * POST. A browser does not reveal the target of a redirect, so there none is followed.
 *
 * Node's `fetch` times out after 300 s without a head or without a read. To wait longer, pass a `fetch` with another
 * dispatcher.
 *
 * @returns A transport that errors with {@link ConnectionError} if the server cannot be reached or the connection breaks,
 * with {@link ChatTimeoutError} if Node times out before the head, and with {@link ProtocolError} at a redirect that it does not
 * follow.
 *
 * @example Use another fetch
 * ```ts
 * import { chatCompletion$, fetchTransport } from 'rxjs-chat-completions';
 *
 * const viaProxy: typeof fetch = (input, init) => fetch(input, { ...init, keepalive: true });
 * chatCompletion$({ transport: fetchTransport({ fetch: viaProxy }) }, { model: 'llama3.2', messages: [] });
 * ```
 */
export function fetchTransport({ fetch: customFetch }: FetchTransportOptions = {}): Transport {
  return (request) =>
    new Observable<ResponseHead | Bytes>((subscriber) => {
      // A variable: a browser's fetch that is called as a method throws 'Illegal invocation'.
      const fetch = customFetch ?? (globalThis as Partial<Pick<typeof globalThis, 'fetch'>>).fetch;
      if (fetch === undefined) {
        subscriber.error(new RequestError('there is no global fetch: pass one as `fetch` in the config'));
        return undefined;
      }
      const controller = new AbortController();
      let reader: ReadableStreamDefaultReader<Bytes> | undefined;
      let hasHead = false;
      let isRunning = true;

      const send = async (): Promise<void> => {
        const response = await fetchWithinOrigin(fetch, request, controller.signal);
        if (subscriber.closed) {
          // A fetch that ignores signals resolves after an abort.
          response.body?.cancel().catch(ignore);
          return;
        }
        hasHead = true;
        // Before the head is emitted: an unsubscribe at the head has to cancel the body.
        reader = response.body?.getReader();
        subscriber.next(responseHead(response));
        await (reader === undefined
          ? emitFullBody(response, subscriber)
          : emitReads(reader, subscriber, request.gate));
      };

      send().then(
        () => {
          isRunning = false;
          subscriber.complete();
        },
        (error: unknown) => {
          isRunning = false;
          subscriber.error(
            isChatError(error)
              ? error
              : redactError(fetchFailure(error, request.url, hasHead), redactorOf(request)),
          );
        },
      );

      return () => {
        if (!isRunning) return;
        controller.abort();
        reader?.cancel().catch(ignore);
      };
    });
}

/** Emits the complete body at once: React Native's fetch has no body stream. */
async function emitFullBody(response: Response, subscriber: Subscriber<Bytes>): Promise<void> {
  if (!subscriber.closed) subscriber.next(new Uint8Array(await response.arrayBuffer()));
}

/** Emits each read, until the body ends or the subscriber unsubscribes. */
async function emitReads(
  reader: ReadableStreamDefaultReader<Bytes>,
  subscriber: Subscriber<Bytes>,
  gate: ReadGate | undefined,
): Promise<void> {
  while (!subscriber.closed) {
    if (gate?.isOpen === false) {
      await untilOpen(gate, subscriber);
      continue;
    }
    const { done, value } = await reader.read();
    if (done) return;
    subscriber.next(value);
  }
}

/** Waits until a gate opens. After an unsubscribe the promise stays pending, and nothing refers to it. */
const untilOpen = (gate: ReadGate, subscriber: Subscriber<Bytes>): Promise<void> =>
  new Promise((resolve, reject) => {
    subscriber.add(
      gate.isOpen$.pipe(filter(Boolean), take(1)).subscribe({ next: () => resolve(), error: reject }),
    );
  });

/** Handles the expected rejections of fetch and its reader after an abort. */
const ignore = (): void => undefined;

function responseHead({ status, headers }: Response): ResponseHead {
  const plain: Record<string, string> = {};
  headers.forEach((value, name) => {
    plain[name.toLowerCase()] = value;
  });
  return { status, headers: plain };
}
