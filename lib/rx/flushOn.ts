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

/** What has come and has not been passed on yet. */
export interface Buffer<T> {
  add(value: T): void;
  /** Takes what is passed on at a tick; none when nothing waits. */
  take(): readonly T[];
  /** Takes what is passed on at the end. */
  remaining(): readonly T[];
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
        // The end waits for no tick.
        tap({ next: (value) => buffer.add(value), complete: () => ended$.next() }),
        exhaustMap(() => flushed$),
        endWithRemaining(() => buffer.remaining()),
      );
    });
}
