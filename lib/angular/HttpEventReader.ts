import {
  HttpErrorResponse,
  HttpEventType,
  type HttpEvent,
  type HttpHeaderResponse,
  type HttpResponse,
} from '@angular/common/http';
import { EMPTY, of, throwError, type Observable } from 'rxjs';

import { fieldsOf } from '../codec/isRecord';
import { isChatError, isError, messageOf, RequestError, type ChatError } from '../errors';
import { completeLength } from '../fold/surrogates';
import { fetchFailure } from '../transport/fetchFailure';
import { foreignOrigin, isRedirect, redirectError, type Redirect } from '../transport/redirects';
import { isSuccess, type Bytes, type ResponseHead } from '../transport/transport';

type Parts = ReadonlyArray<ResponseHead | Bytes>;

/**
 * Reads the events of one call of `HttpClient`, which interceptors may make several requests of.
 *
 * The head of each response is emitted with its first text. Whether a response may follow another one is for `readResponse` to
 * decide.
 */
export class HttpEventReader {
  readonly #url: string;
  readonly #encoder = new TextEncoder();
  /** Head of the current response. */
  #head: ResponseHead | undefined;
  /** Text of the current response so far. */
  #text = '';
  /** Length of its text that has been emitted, in UTF-16 code units. */
  #emitted = 0;
  #isComplete = false;

  constructor(url: string) {
    this.#url = url;
  }

  /**
   * Returns the new parts of an event.
   *
   * @throws ProtocolError when the response is from another origin.
   */
  read(event: HttpEvent<string>): Parts {
    // The full response is the last event; a cache may request a newer one after it.
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
    if (this.#isComplete) return EMPTY;
    if (isChatError(error)) return throwError(() => error);
    if (!(error instanceof HttpErrorResponse)) {
      // An error that an interceptor has made of a failed response: status and body are worth more.
      return this.#head === undefined || this.#head.status === 0 || isSuccess(this.#head)
        ? throwError(() => new RequestError(`an interceptor failed: ${messageOf(error)}`, { cause: error }))
        : of(this.#head, ...this.#encode(this.#text));
    }
    // An error without a status: the body of a failed response broke, and its head is known.
    const isBroken = error.status === 0 && this.#head !== undefined;
    // An interceptor that creates the error may leave out its headers.
    const isOwn = this.#head?.status === error.status && error.headers.keys().length === 0;
    const head = isBroken || isOwn ? this.#head : headOf(error);
    if (head === undefined || head.status === 0 || isSuccess(head)) {
      return throwError(() => (isUnparsed(error) ? notText('JSON') : this.#connectionError(error)));
    }
    return of(head, ...this.#encode(isBroken ? this.#text : bodyOf(error)));
  }

  /**
   * Returns the status and location of a redirect, which is an error to `HttpClient`; `undefined` for another error.
   *
   * A browser hides both.
   */
  redirectIn(error: unknown): Pick<Redirect, 'status' | 'location'> | undefined {
    if (!(error instanceof HttpErrorResponse)) return undefined;
    const { status, headers } = error;
    const location = headers.get('location') ?? undefined;
    const isHidden = status === 0 && this.#head?.status === 0;
    return isHidden || (isRedirect(status) && location !== undefined) ? { status, location } : undefined;
  }

  /** XMLHttpRequest follows redirects regardless; a response from another origin is not one of this server. */
  #assertOrigin(url: string | null): void {
    const foreign = foreignOrigin(url, this.#url);
    if (foreign !== undefined) throw redirectError(foreign);
  }

  #restart(head: ResponseHead | undefined): void {
    this.#head = head;
    this.#text = '';
    this.#emitted = 0;
  }

  /** A text without a head, as `HttpTestingController` may send it, waits for the head, and half a surrogate pair for the rest. */
  #progress(text: string): Parts {
    this.#text = text;
    const end = completeLength(text);
    if (this.#head === undefined || !isSuccess(this.#head) || end <= this.#emitted) return [];
    return this.#emitUpTo(end, this.#head);
  }

  /** A cache, a test or an interceptor may send this event alone, or that of another response. */
  #complete(event: HttpResponse<unknown>): Parts {
    this.#assertOrigin(event.url);
    const head = headOf(event);
    const text = bodyTextOf(event.body);
    if (!text.startsWith(this.#text.slice(0, this.#emitted))) this.#restart(head);
    this.#text = text;
    this.#isComplete = true;
    return this.#emitUpTo(text.length, head);
  }

  #emitUpTo(end: number, head: ResponseHead): Parts {
    const added = this.#encode(this.#text.slice(this.#emitted, end));
    const parts = this.#emitted === 0 ? [head, ...added] : added;
    this.#emitted = end;
    return parts;
  }

  #encode(text: string): readonly Bytes[] {
    return text === '' ? [] : [this.#encoder.encode(text)];
  }

  /** XMLHttpRequest has an event in place of an error. The response's own message has the full address, which may contain a key. */
  #connectionError({ error }: HttpErrorResponse): ChatError {
    const cause: unknown =
      typeof fieldsOf(error)['message'] === 'string' ? error : new Error('the network failed');
    return fetchFailure(cause, this.#url, this.#head !== undefined);
  }
}

function headOf({
  status,
  headers,
}: HttpHeaderResponse | HttpResponse<unknown> | HttpErrorResponse): ResponseHead {
  const plain = headers.keys().map((name) => [name.toLowerCase(), headers.getAll(name)?.join(', ') ?? '']);
  return { status, headers: Object.fromEntries(plain) as Record<string, string> };
}

/**
 * Returns a body as text: an interceptor may have parsed it.
 *
 * @throws RequestError for a body of another kind, such as a Blob.
 */
function bodyTextOf(body: unknown): string {
  if (typeof body === 'string') return body;
  if (body === null || body === undefined) return '';
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) return new TextDecoder().decode(body);
  const kind = Object.prototype.toString.call(body).slice(8, -1);
  if (kind === 'Object' || kind === 'Array') return JSON.stringify(body);
  throw notText(`a ${kind}`);
}

const notText = (kind: string): RequestError =>
  new RequestError(`an interceptor changed the body to ${kind}: keep the responseType 'text'`);

/** Whether Angular could not parse a body as JSON; XMLHttpRequest has the error beside the text. */
const isUnparsed = ({ error }: HttpErrorResponse): boolean =>
  [error, fieldsOf(error).error].some((cause) => fieldsOf(cause).name === 'SyntaxError');

/** Returns the body of a failed response as text; its status is worth more than a body that cannot be read. */
function bodyOf({ error }: HttpErrorResponse): string {
  if (isError(error)) return error.message;
  try {
    return bodyTextOf(error);
  } catch {
    return '';
  }
}
