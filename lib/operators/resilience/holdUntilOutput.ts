import { concat, defer, type MonoTypeOperatorFunction } from 'rxjs';

import { concatMapDelayError } from '../../rx/concatMapDelayError';
import { isOutput } from './isOutput';

/** Most values that are held; with more, the source counts as having output. */
const MAX_HELD = 1_000;

/**
 * Holds values back until the first output, and emits them together with it.
 *
 * Emits held values at completion, and drops them at an error: an attempt that fails without output leaves no trace.
 *
 * ```text
 * source:            -r-h----l|   r = role, h, l = text
 * holdUntilOutput(): ---(rh)-l|
 * ```
 */
export function holdUntilOutput<T>(): MonoTypeOperatorFunction<T> {
  return (source$) =>
    defer(() => {
      const held: T[] = [];
      let isHolding = true;
      const untilEnd$ = source$.pipe(
        concatMapDelayError((value) => {
          if (!isHolding) return [value];
          held.push(value);
          isHolding = !isOutput(value) && held.length < MAX_HELD;
          return isHolding ? [] : held.splice(0);
        }),
      );
      return concat(untilEnd$, held);
    });
}
