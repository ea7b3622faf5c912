import { filter, Observable, take, type Subscriber } from 'rxjs';

import { ConnectionError, isChatError, ProtocolError, RequestError, ChatTimeoutError } from '../errors';
import { redactSecrets, secretsOf } from '../request/headers';
import { withoutQuery } from '../request/url';
import type { ReadGate } from './ReadGate';
import type { Bytes, ResponseHead, Transport, TransportRequest } from './transport';

/** Options for {@link fetchTransport}. */
export interface FetchTransportOptions {
  /** The `fetch` to use. Default: the global one, looked up at each subscription, so that a test can replace it. */
  readonly fetch?: typeof globalThis.fetch;
}

/**
 * Creates the default transport, which sends the request with `fetch` and emits each read of the body.
 *
 * Unsubscribing aborts the request in the same tick, before the head, during a read or between reads. It also cancels the
 * reader, for a `fetch` that ignores signals. Redirects are followed as `fetch` does, with one exception: a request
 * with custom headers (`api-key`) is not redirected to another origin, since `fetch` would send them there. A browser does
 * not reveal the target of a redirect, so there such a request is not redirected at all.
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
        const response = await follow(fetch, request, controller.signal);
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
          subscriber.error(isChatError(error) ? error : failureOf(error, request, hasHead));
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

/** Headers that fetch handles itself at a redirect to another origin. */
const FETCH_HEADERS = ['accept', 'authorization', 'content-type'];

/** The most redirects that the Fetch standard allows. */
const MAX_REDIRECTS = 20;

async function follow(
  fetch: typeof globalThis.fetch,
  { url, method, headers, body }: TransportRequest,
  signal: AbortSignal,
): Promise<Response> {
  const hasCustomHeaders = Object.keys(headers).some((name) => !FETCH_HEADERS.includes(name));
  const init = { method, headers, body, signal };
  if (!hasCustomHeaders) return fetch(url, init);

  let at = url;
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    const response = await fetch(at, { ...init, redirect: 'manual' });
    const location = response.headers.get('location');
    const moved = response.status >= 300 && response.status < 400 && location !== null;
    if (response.type !== 'opaqueredirect' && !moved) return response;
    void response.body?.cancel().catch(ignore);
    // A browser does not reveal the target.
    const target = moved ? new URL(location, at) : undefined;
    // 301 to 303 would turn the POST into a GET without its body.
    if (
      target === undefined ||
      target.origin !== new URL(at).origin ||
      (method !== 'GET' && response.status < 307)
    ) {
      throw new ProtocolError(
        `the server redirects to ${target ? target.origin + target.pathname : 'another URL'}; set baseURL to that URL`,
      );
    }
    at = target.href;
  }
  throw new ProtocolError(`more than ${MAX_REDIRECTS} redirects`);
}

function responseHead({ status, headers }: Response): ResponseHead {
  const plain: Record<string, string> = {};
  headers.forEach((value, name) => {
    plain[name.toLowerCase()] = value;
  });
  return { status, headers: plain };
}

/** Milliseconds that Node's fetch waits for a head, unless a dispatcher of the app sets another limit. */
const NODE_HEAD_TIMEOUT_MS = 300_000;

/** Converts a rejection of fetch, whose message is 'fetch failed' or 'Failed to fetch', with the reason in a cause. */
function failureOf(
  error: unknown,
  request: TransportRequest,
  inBody: boolean,
): ConnectionError | ChatTimeoutError {
  const causes: Error[] = [];
  for (let at = error; isError(at) && causes.length < 8; at = at.cause) causes.push(at);
  const code = causes.map(codeOf).find((found) => found !== null) ?? null;
  // Not a lost connection: a cold server was loading its model, which the abort has cancelled.
  if (code === 'UND_ERR_HEADERS_TIMEOUT') return new ChatTimeoutError('head', NODE_HEAD_TIMEOUT_MS);
  // The message of a fetch may contain the URL with its query.
  const message = isError(error) ? error.message : String(error);
  const reason = code ?? redactSecrets(message, secretsOf(request));
  if (inBody) {
    return new ConnectionError(
      `the connection broke in the middle of the answer: ${reason}`,
      'body',
      code,
      error,
    );
  }
  const where = withoutQuery(request.url);
  if (code !== null) return new ConnectionError(`cannot reach ${where}: ${code}`, 'connect', code, error);
  const hint =
    typeof document === 'undefined'
      ? ''
      : '; it is down, or it does not allow this page’s origin (CORS; for Ollama set OLLAMA_ORIGINS)';
  return new ConnectionError(`cannot reach ${where}: ${reason}${hint}`, 'connect', null, error);
}

/** Whether a value is an error, of any realm: fetch may be that of an iframe, or of the realm around Jest's specs. */
const isError = (value: unknown): value is Error =>
  typeof value === 'object' && value !== null && 'message' in value;

const codeOf = (error: Error): string | null => {
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' ? code : null;
};
