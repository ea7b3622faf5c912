import type { HttpClient, HttpEvent } from '@angular/common/http';
import { catchError, concatMap, defer, throwIfEmpty, type Observable } from 'rxjs';

import { redirectTarget } from '../transport/redirects';
import type { Bytes, ResponseHead, Transport, TransportRequest } from '../transport/transport';
import { HttpEventReader } from './HttpEventReader';

/** Options of {@link httpClientTransport}. */
export interface HttpClientTransportOptions {
  /**
   * Whether the transport follows redirects itself, within the origin only (`manual`), or the backend follows all of them (`follow`).
   * Default `manual`. `XMLHttpRequest` always follows, and Angular warns about `manual` in development.
   */
  readonly redirect?: 'manual' | 'follow';
  /**
   * Origin of a page that a server renders. Requests to it have only the path as their URL, so that interceptors and the cache of
   * hydration find the same one as in the browser. Default: none.
   */
  readonly origin?: string;
}

/**
 * Creates a transport over Angular's `HttpClient`; {@link withHttpClient} adds it to the app's config.
 *
 * Interceptors may send the request again, as those that refresh a token or retry do: another head then voids the response before,
 * as {@link Transport} describes. The head is emitted with the first text, and a status other than 2xx when its error has passed
 * every interceptor.
 *
 * @param http - The client to send with, its interceptors included.
 * @param options - The handling of redirects, and of a page that a server renders. {@link withHttpClient} sets both.
 * @returns A transport that errors with `ConnectionError` when the server is not reached or the connection breaks; and with
 * `RequestError` when an interceptor throws an error of another kind, or completes without a response.
 *
 * @example Calls that skip the app's interceptors
 * ```ts
 * import { HttpBackend, HttpClient } from '@angular/common/http';
 * import { inject } from '@angular/core';
 * import { httpClientTransport, provideChatCompletions } from 'rxjs-chat-completions/angular';
 *
 * export const withoutInterceptors = provideChatCompletions(() => ({
 *   transport: httpClientTransport(new HttpClient(inject(HttpBackend))),
 * }));
 * ```
 */
export const httpClientTransport =
  (http: HttpClient, options: HttpClientTransportOptions = {}): Transport =>
  (request) =>
    receive((sent) => send(http, sent, options), request, 0);

/** @param hops - The number of redirects followed before. */
const receive = (
  send: (request: TransportRequest) => Observable<HttpEvent<string>>,
  request: TransportRequest,
  hops: number,
): Observable<ResponseHead | Bytes> =>
  defer(() => {
    const { method, url } = request;
    const response = new HttpEventReader(url);
    return send(request).pipe(
      concatMap((event) => response.read(event)),
      throwIfEmpty(() => new Error('it completed without a response')),
      catchError((error: unknown) => {
        const redirect = response.redirectIn(error);
        if (redirect === undefined) return response.readError(error);
        return receive(
          send,
          { ...request, url: redirectTarget(method, { from: url, ...redirect, hops }) },
          hops + 1,
        );
      }),
    );
  });

const send = (
  http: HttpClient,
  { method, url, headers, body, keepalive = false }: TransportRequest,
  { redirect = 'manual', origin }: HttpClientTransportOptions,
): Observable<HttpEvent<string>> =>
  http.request(method, origin ? withoutOrigin(url, origin) : url, {
    body,
    headers: { ...headers },
    observe: 'events',
    reportProgress: true,
    responseType: 'text',
    // Of fetch alone: Angular warns about them with XMLHttpRequest.
    ...(redirect === 'manual' && { redirect, keepalive }),
  });

/** Returns a URL of an origin without it, unless its path begins with `//`: alone it would name another host. */
const withoutOrigin = (url: string, origin: string): string =>
  url.startsWith(`${origin}/`) && url[origin.length + 1] !== '/' ? url.slice(origin.length) : url;
