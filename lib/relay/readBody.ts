import { EMPTY, noop, Observable, tap } from 'rxjs';

import { fullText } from '../response/bodyText';
import type { Bytes } from '../transport/transport';
import { RelayError } from './RelayError';

/**
 * Emits the text of a request's body. Unsubscribing stops the read.
 *
 * @param limit - The most bytes that are read; a longer body errors with a {@link RelayError}.
 */
export function readBody({ body, bodyUsed, headers }: Request, limit: number): Observable<string> {
  if (bodyUsed)
    throw new Error(
      'the body was read before the relay: pass the request unread, a clone, or to toNode one with its parsed body',
    );
  if (!isJson(headers)) throw notJson();
  if (Number(headers.get('content-length')) > limit) throw tooLarge(limit);
  let size = 0;
  return (body === null ? EMPTY : readsOf(body)).pipe(
    tap(({ byteLength }) => {
      size += byteLength;
      if (size > limit) throw tooLarge(limit);
    }),
    fullText(Infinity),
  );
}

/** Emits the reads of a body. Unsubscribing cancels the rest of it. */
const readsOf = (body: ReadableStream<Bytes>): Observable<Bytes> =>
  new Observable((subscriber) => {
    const reader = body.getReader();
    const readNext = (): void => {
      reader.read().then(
        ({ done, value }) => {
          if (done) return subscriber.complete();
          subscriber.next(value);
          if (!subscriber.closed) readNext();
        },
        () => subscriber.error(incomplete()),
      );
    };
    readNext();
    return () => void reader.cancel().catch(noop); // It rejects for a body that is already broken.
  });

/** Whether a body is JSON as it is. A form of another site cannot send this type without permission by CORS. */
const isJson = (headers: Headers): boolean =>
  /^application\/(?:json|[\w.-]+\+json)\s*(?:;|$)/i.test(headers.get('content-type') ?? '') &&
  /^(?:identity)?$/i.test(headers.get('content-encoding') ?? '');

const notJson = (): RelayError =>
  new RelayError(415, 'unsupported_media_type', 'the body must be application/json, without compression');

const incomplete = (): RelayError =>
  new RelayError(400, 'incomplete_request', 'the body ended too early: send it again');

const tooLarge = (limit: number): RelayError =>
  new RelayError(
    413,
    'request_too_large',
    `the request has more than ${limit} bytes: shorten the conversation`,
  );
