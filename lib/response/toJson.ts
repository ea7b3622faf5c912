import { isLeft } from 'fp-ts/Either';
import { map, pipe, type OperatorFunction } from 'rxjs';

import { bodyKindOf, mediaTypeOf } from './mediaType';
import { isErrorAnswer, serverError } from './serverError';
import { isHtml, errorDetailsOf } from './errorBody';
import type { Bytes, ResponseHead } from '../transport/transport';
import { textUpTo, fullText } from './bodyText';
import type { ResponseContext } from './ResponseContext';
import { decodeWith, type Codec } from '../decode/decode';
import { ProtocolError } from '../errors';

/**
 * Reads an answer that is not streamed: one JSON value, decoded.
 *
 * Errors with {@link ServerError} when the JSON is an error under a good status, and with {@link ProtocolError} when
 * the body is anything else than asked for.
 */
export function toJson<A>(
  codec: Codec<A>,
  head: ResponseHead,
  context: ResponseContext,
): OperatorFunction<Bytes, A> {
  if (bodyKindOf(head) === 'other') return failUnexpectedBody(head, context);
  return pipe(
    fullText(context.limits.answer),
    map((body) => decodeBody(codec, body, context)),
  );
}

/** Fails with what a body seems to be that is neither a stream nor JSON. */
export function failUnexpectedBody(
  head: ResponseHead,
  { limits, redact: redact }: ResponseContext,
): OperatorFunction<Bytes, never> {
  return pipe(
    textUpTo(limits.errorBody),
    map((body) => {
      throw unexpectedBody(redact(body), mediaTypeOf(head));
    }),
  );
}

function decodeBody<A>(codec: Codec<A>, body: string, { redact: redact }: ResponseContext): A {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    throw unexpectedBody(redact(body), 'text that is no JSON');
  }
  if (isErrorAnswer(json)) throw serverError(json, redact);
  const decoded = decodeWith(codec)(json, body);
  if (isLeft(decoded)) {
    throw new ProtocolError(redact(`the answer is no ${codec.name}: ${decoded.left.message}`), redact(body));
  }
  return decoded.right;
}

function unexpectedBody(body: string, kind: string): ProtocolError {
  if (body.trim() === '') return new ProtocolError('the answer has an empty body');
  const what = isHtml(body) ? `a web page: ${errorDetailsOf(body, 'without a title').serverMessage}` : kind;
  return new ProtocolError(`the answer is not what was asked for, but ${what}`, body);
}
