import { isLeft } from 'fp-ts/Either';
import { map, pipe, type OperatorFunction } from 'rxjs';

import { bodyKindOf, mediaTypeOf } from './mediaType';
import { isErrorAnswer, serverError } from './serverError';
import { isHtml, wordsOfBody } from './serverWords';
import type { Bytes, Head } from '../transport/transport';
import { someText, wholeText } from './wholeText';
import type { AnswerContext } from './AnswerContext';
import { decodeWith, type Codec } from '../decode/decode';
import { ProtocolError } from '../errors';

/**
 * Reads an answer that is not streamed: one JSON value, decoded.
 *
 * Errors with {@link ServerError} when the JSON is an error under a good status, and with {@link ProtocolError} when
 * the body is anything else than asked for.
 */
export function wholeAnswer<A>(
  codec: Codec<A>,
  head: Head,
  context: AnswerContext,
): OperatorFunction<Bytes, A> {
  if (bodyKindOf(head) === 'other') return strangeAnswer(head, context);
  return pipe(
    wholeText(context.limits.answer),
    map((body) => decodeAnswer(codec, body, context)),
  );
}

/** Fails with what a body seems to be that is neither a stream nor JSON. */
export function strangeAnswer(head: Head, { limits, hide }: AnswerContext): OperatorFunction<Bytes, never> {
  return pipe(
    someText(limits.errorBody),
    map((body) => {
      throw notWhatWasAsked(hide(body), mediaTypeOf(head));
    }),
  );
}

function decodeAnswer<A>(codec: Codec<A>, body: string, { hide }: AnswerContext): A {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    throw notWhatWasAsked(hide(body), 'text that is no JSON');
  }
  if (isErrorAnswer(json)) throw serverError(json, hide);
  const decoded = decodeWith(codec)(json, body);
  if (isLeft(decoded)) {
    throw new ProtocolError(hide(`the answer is no ${codec.name}: ${decoded.left.message}`), hide(body));
  }
  return decoded.right;
}

function notWhatWasAsked(body: string, kind: string): ProtocolError {
  if (body.trim() === '') return new ProtocolError('the answer has an empty body');
  const what = isHtml(body) ? `a web page: ${wordsOfBody(body, 'without a title').words}` : kind;
  return new ProtocolError(`the answer is not what was asked for, but ${what}`, body);
}
