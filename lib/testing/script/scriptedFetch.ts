import { Subscription, type Observable } from 'rxjs';

import {
  isResponseHead,
  type Bytes,
  type ResponseHead,
  type TransportRequest,
} from '../../transport/transport';
import { ConnectionError } from '../../errors';
import { hasBody } from './checkScript';
import type { Script, ScriptedRequest } from './Reply';
import type { ScriptOptions } from './respond';
import { scriptedTransport } from './scriptedTransport';

/** A `fetch` without a server, and the requests it received. */
export interface ScriptedFetch {
  (input: string | URL | Request, init?: RequestInit): Promise<Response>;
  /** Requests in the order they were sent. The list grows, and `aborted` is set, while calls run. */
  readonly requests: readonly ScriptedRequest[];
}

/**
 * Creates a `fetch` that responds from a script, in Node and in a browser.
 *
 * Pass it in a config, replace the global `fetch` of a test with it, or use it in a page without a server. It fails as Node's
 * own does: with a `TypeError` whose cause has the code, or with the reason of its signal in the same tick.
 *
 * @param script - One reply for all requests, a list of replies, or a function of the request.
 * @param options - The format of the server, its models, and the delay before each delta.
 * @throws TypeError or RangeError when a reply cannot be sent, such as one with status 99.
 *
 * @example A first attempt that fails
 * ```ts
 * import { chatCompletion$, retryChat } from 'rxjs-chat-completions';
 * import { scriptedFetch } from 'rxjs-chat-completions/testing';
 *
 * const fetch = scriptedFetch([{ status: 503, message: 'Loading model' }, 'Hello there'], { dialect: 'llama.cpp' });
 * chatCompletion$({ fetch }, { model: 'any', messages: [] })
 *   .pipe(retryChat())
 *   .subscribe({ complete: () => console.assert(fetch.requests.length === 2) });
 * ```
 */
export function scriptedFetch(script: Script, options: ScriptOptions = {}): ScriptedFetch {
  const transport = scriptedTransport(script, options);
  const fetch = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const given = input instanceof Request ? input : undefined;
    const body = bodyOf(init.body ?? given);
    const request = {
      method: (init.method ?? given?.method ?? 'GET').toUpperCase() as TransportRequest['method'],
      url: typeof input === 'object' && 'url' in input ? input.url : String(input),
      headers: Object.fromEntries(new Headers(init.headers ?? given?.headers)),
      body: typeof body === 'object' ? await body : body,
    };
    const signal = init.signal ?? given?.signal;
    signal?.throwIfAborted();
    return respond(transport(request), signal);
  };
  return Object.assign(fetch, { requests: transport.requests });
}

function respond(
  response$: Observable<ResponseHead | Bytes>,
  signal: AbortSignal | undefined,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const open = new Subscription();
    let body: ReadableStreamDefaultController<Bytes> | undefined;
    const fail = (error: Error): void => {
      open.unsubscribe();
      if (body) body.error(error);
      else reject(error);
    };

    const abort = (): void => fail(signal?.reason as Error);
    signal?.addEventListener('abort', abort);
    open.add(() => signal?.removeEventListener('abort', abort));

    open.add(
      response$.subscribe({
        next: (part) => {
          if (!isResponseHead(part)) return body?.enqueue(part);
          const stream = new ReadableStream<Bytes>({
            start: (controller) => {
              body = controller;
            },
            cancel: () => open.unsubscribe(),
          });
          resolve(new Response(hasBody(part.status) ? stream : null, part));
        },
        error: (error: unknown) => fail(toFetchError(error as Error)),
        complete: () => {
          open.unsubscribe();
          body?.close();
        },
      }),
    );
  });
}

/** Returns the text of a body, that of a string synchronously: a request is then recorded when it is sent. */
function bodyOf(body: BodyInit | Request | undefined): string | undefined | Promise<string> {
  if (typeof body === 'string' || body === undefined) return body;
  return body instanceof Request ? body.clone().text() : new Response(body).text();
}

/** Creates the error that Node's `fetch` throws: the same message, with the code in the cause. */
function toFetchError(error: Error): Error {
  if (!(error instanceof ConnectionError)) return error;
  const cause = Object.assign(new Error(error.message), { code: error.code });
  return new TypeError(error.phase === 'connect' ? 'fetch failed' : 'terminated', { cause });
}
