import {
  catchError,
  EMPTY,
  last,
  map,
  pipe,
  scan,
  takeUntil,
  takeWhile,
  timer,
  type OperatorFunction,
} from 'rxjs';

import { LimitError } from '../errors';
import { toText } from '../sse/toText';
import type { Bytes } from '../transport/transport';

/**
 * The whole text of a body that is not streamed, `''` for an empty one.
 *
 * @param limit - The longest text, in UTF-16 code units; a longer one errors with {@link LimitError}.
 */
export function fullText(limit: number): OperatorFunction<Bytes, string> {
  return pipe(
    toText(),
    scan((whole, text) => {
      if (whole.length + text.length > limit) throw new LimitError('answer', limit);
      return whole + text;
    }, ''),
    last(null, ''),
  );
}

/** How long the body of a failed answer is waited for, in milliseconds: its status is worth more than its words. */
export const ERROR_BODY_MS = 1_000;

/**
 * What can be had of the body of a failed answer: up to a limit, for a second, and up to where it broke.
 *
 * @param limit - Where reading stops, in UTF-16 code units.
 */
export function textUpTo(limit: number): OperatorFunction<Bytes, string> {
  return pipe(
    takeUntil(timer(ERROR_BODY_MS)),
    catchError(() => EMPTY),
    toText(),
    scan((some, text) => some + text, ''),
    takeWhile((some) => some.length < limit, true),
    last(null, ''),
    map((some) => some.slice(0, limit)),
  );
}
