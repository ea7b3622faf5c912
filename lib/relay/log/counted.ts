import { defer, finalize, type BehaviorSubject, type MonoTypeOperatorFunction } from 'rxjs';

/** Adds 1 to a number while the source is subscribed to. */
export const counted =
  <T>(count$: BehaviorSubject<number>): MonoTypeOperatorFunction<T> =>
  (source$) =>
    defer(() => {
      count$.next(count$.value + 1);
      return source$.pipe(finalize(() => count$.next(count$.value - 1)));
    });
