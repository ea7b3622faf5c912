import { defer, filter, identity, tap, type MonoTypeOperatorFunction } from 'rxjs';

import { TruncatedError } from '../../errors';
import { isCompletion, isOutput } from './isOutput';

/** Treatment of an answer that completes without any output: accept it, or fail with {@link TruncatedError}. */
export type EmptyPolicy = 'complete' | 'fail';

/**
 * Errors at completion if the source has emitted no output and the policy is to fail. A completion without output is not emitted.
 *
 * ```text
 * source:                -r-f|   r = role, f = finish reason
 * failWhenEmpty('fail'): -r-f#   # = TruncatedError
 * ```
 */
export function failWhenEmpty<T>(policy: EmptyPolicy | undefined): MonoTypeOperatorFunction<T> {
  if (policy !== 'fail') return identity;
  return (source$) =>
    defer(() => {
      let isEmpty = true;
      return source$.pipe(
        filter((value) => {
          const counts = isOutput(value);
          isEmpty &&= !counts;
          return counts || !isCompletion(value);
        }),
        tap({
          complete: () => {
            if (isEmpty)
              throw new TruncatedError('the answer ended without any output: retry, or change the request');
          },
        }),
      );
    });
}
