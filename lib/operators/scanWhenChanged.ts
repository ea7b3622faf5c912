import { distinctUntilChanged, pipe, scan, skip, startWith, type OperatorFunction } from 'rxjs';

/** A fold: emits the whole so far, again whenever a value has changed it; nothing for values that add nothing. */
export function scanWhenChanged<V, S>(add: (whole: S, value: V) => S, empty: S): OperatorFunction<V, S> {
  return pipe(scan(add, empty), startWith(empty), distinctUntilChanged(), skip(1));
}
