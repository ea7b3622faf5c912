import { identity, map, pipe, type MonoTypeOperatorFunction, type SchedulerLike } from 'rxjs';

import { batched } from './batched';

/**
 * Joins the text that arrives within a time to one value. The first value after a pause is emitted at once.
 *
 * ```text
 * source:       -a-bc----d|
 * coalesced(4): -a---B---d|    B = bc
 * ```
 *
 * @param ms - Milliseconds between two values; 0 passes every value.
 */
export const coalesced = (ms: number, scheduler?: SchedulerLike): MonoTypeOperatorFunction<string> =>
  ms > 0
    ? pipe(
        batched(ms, scheduler),
        map((texts) => texts.join('')),
      )
    : identity;
