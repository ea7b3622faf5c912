import {
  HttpErrorResponse,
  HttpEventType,
  type HttpClient,
  type HttpEvent,
  type HttpHeaders,
} from '@angular/common/http';
import { catchError, concatMap, defer, of, throwError, type Observable } from 'rxjs';

import type { Bytes, ResponseHead, Transport, TransportRequest } from '../transport/transport';
import { ConnectionError, isChatError, RequestError } from '../errors';
import { withoutQuery } from '../request/url';

/**
 * Creates a transport over Angular's `HttpClient`; {@link withHttpClient} adds it to the app's config.
 *
 * @param http - The client to send with, its interceptors included.
 * @returns A transport that errors with {@link ConnectionError} when the server is not reached or the connection breaks, and
 * with {@link RequestError} when an interceptor throws an error of another kind.
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
  (http: HttpClient): Transport =>
  (request) =>
    defer(() => {
      const answer = new Answer(request.url);
      return send(http, request).pipe(
        concatMap((event) => answer.partsOf(event)),
        catchError((error: unknown) => answer.partsOfError(error)),
      );
    });

const send = (
  http: HttpClient,
  { method, url, headers, body }: TransportRequest,
): Observable<HttpEvent<string>> =>
  http.request(method, url, {
    body,
    headers: { ...headers },
    observe: 'events',
    reportProgress: true,
    responseType: 'text',
  });

/** What has come of one answer, to tell what of the next event is new. */
class Answer {
  readonly #url: string;
  readonly #encoder = new TextEncoder();
  #head: ResponseHead | undefined;
  /** How much of the text has been passed on, in UTF-16 code units. */
  #passed = 0;

  constructor(url: string) {
    this.#url = url;
  }

  partsOf(event: HttpEvent<string>): ReadonlyArray<ResponseHead | Bytes> {
    switch (event.type) {
      case HttpEventType.ResponseHeader:
        return this.#responseHead(event.status, event.headers);
      case HttpEventType.DownloadProgress:
        return this.#textOf(event.partialText ?? '', false);
      case HttpEventType.Response:
        // All that an answer from a cache or a test ever gives.
        return [...this.#responseHead(event.status, event.headers), ...this.#textOf(event.body ?? '', true)];
      default:
        return [];
    }
  }

  /** To `HttpClient` a status other than 2xx is an error; here it is an answer like any other. */
  partsOfError(error: unknown): Observable<ResponseHead | Bytes> {
    if (isChatError(error)) return throwError(() => error);
    if (!(error instanceof HttpErrorResponse)) {
      return throwError(() => new RequestError('an interceptor failed', error));
    }
    const known = this.#head?.status ?? error.status;
    if (known === 0 || (known >= 200 && known < 300)) return throwError(() => this.#connectionError(error));
    return of(...this.#responseHead(error.status, error.headers), ...this.#textOf(bodyOf(error), true));
  }

  /** The head, the first time. */
  #responseHead(status: number, headers: HttpHeaders): readonly ResponseHead[] {
    if (this.#head !== undefined) return [];
    const plain = headers.keys().map((name) => [name.toLowerCase(), headers.getAll(name)?.join(', ') ?? '']);
    this.#head = { status, headers: Object.fromEntries(plain) as Record<string, string> };
    return [this.#head];
  }

  /**
   * What is new in the text so far.
   *
   * Half a pair of surrogates waits for the other half, and text without a head, as `HttpTestingController` may give it,
   * for the head.
   */
  #textOf(text: string, whole: boolean): readonly Bytes[] {
    if (this.#head === undefined) return [];
    const isHalf = !whole && /[\uD800-\uDBFF]$/.test(text);
    const end = isHalf ? text.length - 1 : text.length;
    if (end <= this.#passed) return [];
    const added = text.slice(this.#passed, end);
    this.#passed = end;
    return [this.#encoder.encode(added)];
  }

  #connectionError({ error }: HttpErrorResponse): ConnectionError {
    const cause = error as Partial<Error> | null;
    // XMLHttpRequest says nothing; the response's own message has the whole address in it, which may hold a key.
    const reason = cause?.message ?? 'the network failed';
    return this.#head === undefined
      ? new ConnectionError(`cannot reach ${withoutQuery(this.#url)}: ${reason}`, 'connect', null, error)
      : new ConnectionError(
          `the connection broke in the middle of the answer: ${reason}`,
          'body',
          null,
          error,
        );
  }
}

/** The body of a failed answer as text; an interceptor may have parsed it. */
function bodyOf({ error }: HttpErrorResponse): string {
  if (typeof error === 'string') return error;
  return error === null || error === undefined ? '' : JSON.stringify(error);
}
