import { defer, filter, type MonoTypeOperatorFunction } from 'rxjs';

/**
 * Filters out a value that is identical to the previous one; `initial` precedes the first.
 *
 * The same as `startWith(initial), distinctUntilChanged(), skip(1)`, in one step.
 *
 * ```text
 * source:         -i-a-a-b|   i = the initial value
 * whenChanged(i): ---a---b|
 * ```
 */
export function whenChanged<T>(initial: T): MonoTypeOperatorFunction<T> {
  return (value$) =>
    defer(() => {
      let previous = initial;
      return value$.pipe(
        filter((value) => {
          const isNew = value !== previous;
          previous = value;
          return isNew;
        }),
      );
    });
}
