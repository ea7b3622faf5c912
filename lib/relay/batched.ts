import { interval, map, pipe, startWith, type OperatorFunction, type SchedulerLike } from 'rxjs';

import { flushOn, type Buffer } from '../rx/flushOn';

/**
 * Collects the values that arrive within a time to one array. The first value after a pause is emitted at once.
 *
 * ```text
 * source:     -a-bc----d|
 * batched(4): -A---B---D|    A = [a], B = [b, c], D = [d]
 * ```
 *
 * @param ms - Milliseconds between two batches.
 */
export const batched = <T>(ms: number, scheduler?: SchedulerLike): OperatorFunction<T, readonly T[]> =>
  pipe(
    map((value: T): readonly T[] => [value]),
    flushOn(interval(ms, scheduler).pipe(startWith(0)), () => new Batch<T>()),
  );

class Batch<T> implements Buffer<readonly T[]> {
  #values: T[] = [];

  add(values: readonly T[]): void {
    this.#values.push(...values);
  }

  take(): ReadonlyArray<readonly T[]> {
    const values = this.#values;
    this.#values = [];
    return values.length === 0 ? [] : [values];
  }

  remaining(): ReadonlyArray<readonly T[]> {
    return this.take();
  }
}
