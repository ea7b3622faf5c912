import {
  HttpErrorResponse,
  HttpEventType,
  type HttpEvent,
  type HttpHeaderResponse,
  type HttpResponse,
} from '@angular/common/http';
import { of, throwError, type Observable } from 'rxjs';

import { ConnectionError, isChatError, RequestError } from '../errors';
import { completeLength } from '../fold/surrogates';
import { withoutQuery } from '../request/url';
import { foreignOrigin, redirectError } from '../transport/redirects';
import type { Bytes, ResponseHead } from '../transport/transport';

type Parts = ReadonlyArray<ResponseHead | Bytes>;

/** Reads the events of one call of `HttpClient`, which interceptors may make several requests of. */
export class HttpEventReader {
  readonly #url: string;
  readonly #encoder = new TextEncoder();
  /** Head of the current try. */
  #head: ResponseHead | undefined;
  /** Text of the current try so far. */
  #text = '';
  /** Length of the text that has been emitted, in UTF-16 code units. */
  #emitted = 0;
  #hasEmitted = false;
  #isComplete = false;

  constructor(url: string) {
    this.#url = url;
  }

  /**
   * Returns the new parts of an event.
   *
   * @throws ConnectionError when another try begins after parts of an earlier one have been returned.
   * @throws ProtocolError when the response is from another origin.
   */
  read(event: HttpEvent<string>): Parts {
    // The full response is the last event; a cache may emit a second one, which is newer.
    if (this.#isComplete) return [];
    switch (event.type) {
      case HttpEventType.Sent:
        this.#restart(undefined);
        return [];
      case HttpEventType.ResponseHeader:
        this.#assertOrigin(event.url);
        this.#restart(headOf(event));
        return [];
      case HttpEventType.DownloadProgress:
        return this.#progress(event.partialText ?? '');
      case HttpEventType.Response:
        return this.#complete(event);
      default:
        return [];
    }
  }

  /** Returns a status other than 2xx, which is an error to `HttpClient`, as a response; errors otherwise. */
  readError(error: unknown): Observable<ResponseHead | Bytes> {
    if (isChatError(error)) return throwError(() => error);
    if (!(error instanceof HttpErrorResponse)) {
      return throwError(() => new RequestError('an interceptor failed', error));
    }
    // An error without a status: the body of a failed response broke, and its head is known.
    const isBroken = error.status === 0 && this.#head !== undefined;
    const head = isBroken || this.#head?.status === error.status ? this.#head : headOf(error);
    if (this.#hasEmitted || head === undefined || head.status === 0 || isOk(head)) {
      return throwError(() => this.#connectionError(error));
    }
    return of(head, ...this.#encode(isBroken ? this.#text : bodyOf(error)));
  }

  /** `HttpClient` follows redirects by itself; a response from another origin is not one of this server. */
  #assertOrigin(url: string | null): void {
    const foreign = foreignOrigin(url, this.#url);
    if (foreign !== undefined) throw redirectError(foreign);
  }

  #restart(head: ResponseHead | undefined): void {
    if (this.#hasEmitted) throw this.#sentAgain();
    this.#head = head;
    this.#text = '';
  }

  /** A text without a head, as `HttpTestingController` may send it, waits for the head, and half a surrogate pair for the rest. */
  #progress(text: string): Parts {
    if (text.length < this.#emitted) throw this.#sentAgain();
    this.#text = text;
    const end = completeLength(text);
    if (this.#head === undefined || !isOk(this.#head) || end <= this.#emitted) return [];
    return this.#emitUpTo(end, this.#head);
  }

  /** A cache, a test or an interceptor may send this event alone. */
  #complete(event: HttpResponse<string>): Parts {
    this.#assertOrigin(event.url);
    const text = event.body ?? '';
    if (!text.startsWith(this.#text.slice(0, this.#emitted))) throw this.#sentAgain();
    this.#text = text;
    this.#isComplete = true;
    return this.#emitUpTo(text.length, headOf(event));
  }

  #emitUpTo(end: number, head: ResponseHead): Parts {
    const added = this.#encode(this.#text.slice(this.#emitted, end));
    const parts = this.#hasEmitted ? added : [head, ...added];
    this.#hasEmitted = true;
    this.#emitted = end;
    return parts;
  }

  #encode(text: string): readonly Bytes[] {
    return text === '' ? [] : [this.#encoder.encode(text)];
  }

  #sentAgain(): ConnectionError {
    return this.#brokenBody('an interceptor sent the request again');
  }

  #connectionError({ error }: HttpErrorResponse): ConnectionError {
    const cause = error as Partial<Error> | null;
    // XMLHttpRequest has no message. The response's own holds the full address, which may contain a key.
    const reason = cause?.message ?? 'the network failed';
    return this.#head === undefined
      ? new ConnectionError(`cannot reach ${withoutQuery(this.#url)}: ${reason}`, 'connect', null, error)
      : this.#brokenBody(reason, error);
  }

  #brokenBody(reason: string, cause?: unknown): ConnectionError {
    return new ConnectionError(
      `the connection broke in the middle of the answer: ${reason}`,
      'body',
      null,
      cause,
    );
  }
}

const isOk = ({ status }: ResponseHead): boolean => status >= 200 && status < 300;

function headOf({
  status,
  headers,
}: HttpHeaderResponse | HttpResponse<string> | HttpErrorResponse): ResponseHead {
  const plain = headers.keys().map((name) => [name.toLowerCase(), headers.getAll(name)?.join(', ') ?? '']);
  return { status, headers: Object.fromEntries(plain) as Record<string, string> };
}

/** Returns the body of a failed response as text; an interceptor may have parsed it. */
function bodyOf({ error }: HttpErrorResponse): string {
  if (typeof error === 'string') return error;
  return error === null || error === undefined ? '' : JSON.stringify(error);
}
