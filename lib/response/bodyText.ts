import {
  catchError,
  EMPTY,
  last,
  map,
  pipe,
  scan,
  takeWhile,
  type OperatorFunction,
  type SchedulerLike,
} from 'rxjs';

import { LimitError } from '../errors';
import { toText } from '../sse/toText';
import type { Bytes } from '../transport/transport';
import type { ResponseContext } from './ResponseContext';
import { failAfter } from './timeouts';

/**
 * Emits the full text of a body, `''` for an empty one.
 *
 * @param limit - The longest text, in UTF-16 code units; a longer one errors with {@link LimitError}.
 */
export function fullText(limit: number): OperatorFunction<Bytes, string> {
  return pipe(
    toText(),
    scan((full, text) => {
      if (full.length + text.length > limit) throw new LimitError('answer', limit);
      return full + text;
    }, ''),
    last(null, ''),
  );
}

/** Milliseconds that the body of a failed response may take: the status is worth more than the message. */
export const ERROR_BODY_MS = 1_000;

/**
 * Emits as much of the body of a failed response as arrives within a limit and a second, and before it breaks.
 *
 * @param limit - Longest text, in UTF-16 code units; reading stops there.
 * @param scheduler - Times the second. Default RxJS's `asyncScheduler`.
 */
export function textUpTo(limit: number, scheduler?: SchedulerLike): OperatorFunction<Bytes, string> {
  return pipe(
    failAfter('total', ERROR_BODY_MS, scheduler),
    catchError(() => EMPTY),
    toText(),
    scan((partial, text) => partial + text, ''),
    takeWhile((partial) => partial.length < limit, true),
    last(null, ''),
    map((partial) => partial.slice(0, limit)),
  );
}

/** Errors with what `errorOf` returns for as much of a body as {@link textUpTo} emits. */
export const failWithText = (
  { limits, scheduler }: ResponseContext,
  errorOf: (body: string) => Error,
): OperatorFunction<Bytes, never> =>
  pipe(
    textUpTo(limits.errorBody, scheduler),
    map((body) => {
      throw errorOf(body);
    }),
  );
