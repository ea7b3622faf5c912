import {
  defer,
  exhaustMap,
  map,
  mergeAll,
  Subject,
  takeUntil,
  takeWhile,
  tap,
  type MonoTypeOperatorFunction,
  type Observable,
} from 'rxjs';

import { endWithRemaining } from './endWithRemaining';

/** Values that were received and not emitted yet. */
export interface Buffer<T> {
  add(value: T): void;
  /** Removes and returns the values to emit at a tick; none if the buffer is empty. */
  take(): readonly T[];
  /** Removes and returns the values to emit at the end. */
  remaining(): readonly T[];
}

/**
 * Buffers values and emits them at ticks, and the remaining ones when the source completes or errors.
 *
 * The subscription to the ticks ends at a tick that finds the buffer empty, so it is still active for values that a consumer
 * causes during a flush.
 *
 * ```text
 * source:                -ab------c|
 * ticks:                  --x-x   --         subscribed to at a and at c; the second tick finds nothing
 * flushOn(tick$, begin): ---(ab)---(c|)      c is flushed at the end
 * ```
 *
 * @param tick$ - Ticks. Subscribed to at the first value in an empty buffer; a synchronous tick emits it at once.
 * @param begin - Creates the buffer of a subscription.
 */
export function flushOn<T>(tick$: Observable<unknown>, begin: () => Buffer<T>): MonoTypeOperatorFunction<T> {
  return (value$) =>
    defer(() => {
      const buffer = begin();
      const ended$ = new Subject<void>();
      const flushed$ = tick$.pipe(
        map(() => buffer.take()),
        takeWhile(({ length }) => length > 0),
        mergeAll(),
        takeUntil(ended$),
      );
      return value$.pipe(
        // Completes without another tick.
        tap({ next: (value) => buffer.add(value), complete: () => ended$.next() }),
        exhaustMap(() => flushed$),
        endWithRemaining(() => buffer.remaining()),
      );
    });
}
