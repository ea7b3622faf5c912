import { isLeft } from 'fp-ts/Either';
import { map, pipe, type OperatorFunction } from 'rxjs';

import { parseJson } from '../codec/parseJson';
import { decodeWith, type Codec } from '../decode/decode';
import { ProtocolError } from '../errors';
import type { Bytes, ResponseHead } from '../transport/transport';
import { failWithText, fullText } from './bodyText';
import { beginningOf, errorDetailsOf, isHtml, jsonIn } from './errors/errorBody';
import { failWhenIdle } from './failWhenIdle';
import { mediaTypeOf } from './mediaType';
import { readByKind } from './readByKind';
import type { ResponseContext } from './ResponseContext';
import { hasError, serverErrorOf } from './errors/serverError';

/**
 * Reads a response that is not streamed: one JSON value, decoded.
 *
 * Errors with {@link ServerError} if the JSON is an error under a successful status, with {@link ProtocolError} if the body is
 * not what was requested, and with {@link ChatTimeoutError} if the body is idle for too long.
 */
export const toJson = <A>(
  codec: Codec<A>,
  head: ResponseHead,
  context: ResponseContext,
): OperatorFunction<Bytes, A> =>
  pipe(
    failWhenIdle({ ms: context.idle, immediate: true, ...context }),
    readByKind<A>(head, (kind) =>
      kind === 'json'
        ? parseBody(codec, context)
        : failUnexpectedBody(kind === 'events' ? 'an event stream' : mediaTypeOf(head), context),
    ),
  );

/** Decodes the complete body as one JSON value. */
export const parseBody = <A>(codec: Codec<A>, { limits }: ResponseContext): OperatorFunction<Bytes, A> =>
  pipe(
    fullText(limits.answer),
    map((body) => decodeBody(codec, body)),
  );

/** Errors with a description of a body of an unexpected kind, such as its media type. */
export const failUnexpectedBody = (kind: string, context: ResponseContext): OperatorFunction<Bytes, never> =>
  failWithText(context, (body) => unexpectedBody(body, kind));

function decodeBody<A>(codec: Codec<A>, body: string): A {
  const parsed = parseJson(body);
  // A relay has serialized the answer twice.
  const json = typeof parsed === 'string' ? (parseJson(parsed) ?? parsed) : parsed;
  if (json === undefined) throw unexpectedBody(body, 'text that is not JSON');
  if (hasError(json)) throw serverErrorOf(json, body);
  const decoded = decodeWith(codec)(json, body);
  if (isLeft(decoded)) {
    throw new ProtocolError(
      `the response does not fit ${codec.name}: ${decoded.left.message}; check baseURL`,
      body,
    );
  }
  return decoded.right;
}

function unexpectedBody(body: string, kind: string): Error {
  const json = jsonIn(body);
  if (hasError(json)) return serverErrorOf(json, body);
  if (body.trim() === '')
    return new ProtocolError(
      'the response has an empty body: read the log of the server or proxy, or check baseURL',
    );
  let content = kind;
  if (isHtml(body)) content = `a web page: ${errorDetailsOf(body, json).serverMessage}`;
  else if (/^(text\b|$)/.test(kind) && !/^\s*[[{]/.test(body)) content = `text: ${beginningOf(body)}`;
  return new ProtocolError(`the response is not what was requested, but ${content}; check baseURL`, body);
}
