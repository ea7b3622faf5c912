import { defer, filter, pipe, scan, type MonoTypeOperatorFunction, type OperatorFunction } from 'rxjs';

/** A fold: emits the whole so far, again whenever a value has changed it; nothing for values that add nothing. */
export function scanWhenChanged<V, S>(add: (whole: S, value: V) => S, empty: S): OperatorFunction<V, S> {
  return pipe(scan(add, empty), whenChanged(empty));
}

/**
 * Leaves out a value that is the one before it; before the first there is `initial`.
 *
 * What `startWith(initial), distinctUntilChanged(), skip(1)` does, in one step.
 */
export function whenChanged<T>(initial: T): MonoTypeOperatorFunction<T> {
  return (value$) =>
    defer(() => {
      let before = initial;
      return value$.pipe(
        filter((value) => {
          const isNew = value !== before;
          before = value;
          return isNew;
        }),
      );
    });
}
