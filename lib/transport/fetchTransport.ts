import { Observable, take, type Subscriber } from 'rxjs';

import { ConnectionError, isChatError, ProtocolError, RequestError, ChatTimeoutError } from '../errors';
import { redactSecrets, secretsOf } from '../request/headers';
import { withoutQuery } from '../request/url';
import type { ReadGate } from './ReadGate';
import type { Bytes, ResponseHead, Transport, TransportRequest } from './transport';

/** What {@link fetchTransport} may be told. */
export interface FetchTransportOptions {
  /** A `fetch` to use. Default: the global one, looked up at each subscription, so that a test may replace it. */
  readonly fetch?: typeof globalThis.fetch;
}

/**
 * The default transport: sends the request by `fetch` and emits what each read of the body's reader gives.
 *
 * Unsubscribing aborts in the same tick, whether the head is awaited, a read, or nothing; the reader is
 * cancelled too, for a `fetch` that knows no signals. Redirects are followed as `fetch` does, except that a request
 * with headers of its own (`api-key`) is not taken to another origin, as `fetch` would hand them on; nor, in a browser,
 * anywhere, as no page is told where a redirect leads.
 *
 * Node's own `fetch` gives up on its own account after 300 s without a head, or without a read; to wait longer,
 * pass a `fetch` with another dispatcher.
 *
 * @returns A transport that errors with {@link ConnectionError} when the server is not reached or the connection breaks,
 * with {@link ChatTimeoutError} when Node gives up on the head, and with {@link ProtocolError} at a redirect it does not follow.
 *
 * @example Through a proxy's fetch
 * ```ts
 * import { chatCompletion$, fetchTransport } from 'rxjs-chat-completions';
 *
 * const viaProxy: typeof fetch = (input, init) => fetch(input, { ...init, keepalive: true });
 * chatCompletion$({ transport: fetchTransport({ fetch: viaProxy }) }, { model: 'llama3.2', messages: [] });
 * ```
 */
export function fetchTransport({ fetch: given }: FetchTransportOptions = {}): Transport {
  return (request) =>
    new Observable<ResponseHead | Bytes>((subscriber) => {
      // A plain variable: called as a method of anything, a browser's fetch throws 'Illegal invocation'.
      const fetch = given ?? (globalThis as Partial<Pick<typeof globalThis, 'fetch'>>).fetch;
      if (fetch === undefined) {
        subscriber.error(new RequestError('there is no global fetch here: give one in the config'));
        return undefined;
      }
      const controller = new AbortController();
      let reader: ReadableStreamDefaultReader<Bytes> | undefined;
      let answered = false;
      let open = true;

      const send = async (): Promise<void> => {
        const response = await follow(fetch, request, controller.signal);
        if (subscriber.closed) {
          // A fetch that knows no signals answers all the same.
          response.body?.cancel().catch(ignore);
          return;
        }
        answered = true;
        // Taken before the head is emitted: who lets go at the head lets go of the body, too.
        reader = response.body?.getReader();
        subscriber.next(responseHead(response));
        await (reader === undefined
          ? emitWhole(response, subscriber)
          : emitReads(reader, subscriber, request.gate));
      };

      send().then(
        () => {
          open = false;
          subscriber.complete();
        },
        (error: unknown) => {
          open = false;
          subscriber.error(isChatError(error) ? error : failureOf(error, request, answered));
        },
      );

      return () => {
        if (!open) return;
        controller.abort();
        reader?.cancel().catch(ignore);
      };
    });
}

/** React Native's fetch has no body stream: there the answer comes in one piece. */
async function emitWhole(response: Response, subscriber: Subscriber<Bytes>): Promise<void> {
  if (!subscriber.closed) subscriber.next(new Uint8Array(await response.arrayBuffer()));
}

/** Emits what each read gives, until the body ends or nobody listens any more. */
async function emitReads(
  reader: ReadableStreamDefaultReader<Bytes>,
  subscriber: Subscriber<Bytes>,
  gate: ReadGate | undefined,
): Promise<void> {
  while (!subscriber.closed) {
    if (gate?.isOpen === false) {
      await opened(gate, subscriber);
      continue;
    }
    const { done, value } = await reader.read();
    if (done) return;
    subscriber.next(value);
  }
}

/** Waits until a gate opens; for ever, and holding on to nothing, when nobody listens any more. */
const opened = (gate: ReadGate, subscriber: Subscriber<Bytes>): Promise<void> =>
  new Promise((resolve, reject) => {
    subscriber.add(gate.opened$.pipe(take(1)).subscribe({ next: resolve, error: reject }));
  });

/** After an abort the promises of fetch and its reader reject; that is what was asked for. */
const ignore = (): void => undefined;

/** Headers that fetch itself takes care of when a redirect leaves the origin. */
const FETCH_KNOWS = ['accept', 'authorization', 'content-type'];

/** How many redirects the Fetch standard allows. */
const MOST_REDIRECTS = 20;

async function follow(
  fetch: typeof globalThis.fetch,
  { url, method, headers, body }: TransportRequest,
  signal: AbortSignal,
): Promise<Response> {
  const ownHeaders = Object.keys(headers).some((name) => !FETCH_KNOWS.includes(name));
  const init = { method, headers, body, signal };
  if (!ownHeaders) return fetch(url, init);

  let at = url;
  for (let hops = 0; hops <= MOST_REDIRECTS; hops++) {
    const response = await fetch(at, { ...init, redirect: 'manual' });
    const location = response.headers.get('location');
    const moved = response.status >= 300 && response.status < 400 && location !== null;
    if (response.type !== 'opaqueredirect' && !moved) return response;
    void response.body?.cancel().catch(ignore);
    // A browser does not even say where to.
    const target = moved ? new URL(location, at) : undefined;
    // 301 to 303 would turn the POST into a GET, and lose the question.
    if (
      target === undefined ||
      target.origin !== new URL(at).origin ||
      (method !== 'GET' && response.status < 307)
    ) {
      throw new ProtocolError(
        `the server redirects to ${target ? target.origin + target.pathname : 'another place'}; have baseURL lead there`,
      );
    }
    at = target.href;
  }
  throw new ProtocolError(`more than ${MOST_REDIRECTS} redirects`);
}

function responseHead({ status, headers }: Response): ResponseHead {
  const plain: Record<string, string> = {};
  headers.forEach((value, name) => {
    plain[name.toLowerCase()] = value;
  });
  return { status, headers: plain };
}

/** How long Node's own fetch waits for a head; a dispatcher of the app's may say otherwise. */
const NODES_LIMIT_MS = 300_000;

/** Fetch says 'fetch failed' or 'Failed to fetch'; what happened is in the cause, if anywhere. */
function failureOf(
  error: unknown,
  request: TransportRequest,
  inBody: boolean,
): ConnectionError | ChatTimeoutError {
  const causes: Error[] = [];
  for (let at = error; isError(at) && causes.length < 8; at = at.cause) causes.push(at);
  const code = causes.map(codeOf).find((found) => found !== null) ?? null;
  // Not a lost connection: a cold server loads its model meanwhile, and letting go has just cancelled that.
  if (code === 'UND_ERR_HEADERS_TIMEOUT') return new ChatTimeoutError('head', NODES_LIMIT_MS);
  // What a fetch says may quote the address, query and all.
  const words = isError(error) ? error.message : String(error);
  const reason = code ?? redactSecrets(words, secretsOf(request));
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

/** Not asked by class: a fetch may come from another realm, an iframe's or the one around Jest's specs. */
const isError = (value: unknown): value is Error =>
  typeof value === 'object' && value !== null && 'message' in value;

const codeOf = (error: Error): string | null => {
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' ? code : null;
};
