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

import { endWithRest } from './endWithRest';

/** What has come and has not been passed on yet. */
export interface Backlog<T> {
  add(value: T): void;
  /** Takes what is passed on at a tick; none when nothing waits. */
  due(): readonly T[];
  /** Takes what is passed on at the end. */
  rest(): readonly T[];
}

/**
 * Passes on at ticks what has come meanwhile, and what is left at the end, also when that is an error.
 *
 * Ticks are asked for as long as anything waits, and then for one more: what comes while something is passed on, because of
 * it, finds them still there.
 *
 * @param tick$ - Subscribed to when something comes and nothing waits; a tick it begins with passes that on at once.
 * @param begin - Makes the backlog of one subscription.
 */
export function atTicks<T>(tick$: Observable<unknown>, begin: () => Backlog<T>): MonoTypeOperatorFunction<T> {
  return (value$) =>
    defer(() => {
      const backlog = begin();
      const ended$ = new Subject<void>();
      const due$ = tick$.pipe(
        map(() => backlog.due()),
        takeWhile(({ length }) => length > 0),
        mergeAll(),
        takeUntil(ended$),
      );
      return value$.pipe(
        // The end waits for no tick.
        tap({ next: (value) => backlog.add(value), complete: () => ended$.next() }),
        exhaustMap(() => due$),
        endWithRest(() => backlog.rest()),
      );
    });
}
