import { right } from 'fp-ts/Either';
import { concatMap, pipe, type MonoTypeOperatorFunction } from 'rxjs';

import { markedChunk } from '../../codec/mark';
import { isEither } from '../either/isEither';
import { holdUntilOutput } from './holdUntilOutput';
import { isCompletion } from './isOutput';

/**
 * Emits a restart mark before the first output of an attempt, so that folds drop the chunks of an earlier one.
 *
 * The earlier chunks stay if the attempt fails without output. A completion needs no mark, since the next one replaces it.
 *
 * ```text
 * source:                 -r-h----l|   r = role, h, l = text
 * startWithRestart(…, 2): ---(mrh)l|  m = the mark
 * ```
 *
 * @param earlier - A chunk of the earlier attempt. The mark takes its form: plain, or in a `Right`.
 * @param attempt - Number of the attempt that starts.
 */
export function startWithRestart<T>(earlier: unknown, attempt: number): MonoTypeOperatorFunction<T> {
  const chunk = markedChunk({ kind: 'restarted', attempt });
  const mark = (isEither(earlier) ? right(chunk) : chunk) as T;
  return pipe(
    holdUntilOutput<T>(),
    concatMap((value, index) => (index === 0 && !isCompletion(earlier) ? [mark, value] : [value])),
  );
}
