import { catchError, concat, defer, filter, NEVER, Observable, type OperatorFunction } from 'rxjs';

import { Queue } from './Queue';

/** An item that completes the stream. */
export const COMPLETE = Symbol('complete');

type Items<T> = ReadonlyArray<T | Error | typeof COMPLETE>;

/**
 * Emits the items of each value one by one; an Error among them errors the stream, {@link COMPLETE} completes it.
 *
 * Items of a read before its error are emitted before the error, and a consumer that completes in the middle of a read
 * stops everything above from processing the rest of it. The same as `concatMap`, without a subscription for each read and
 * a step for each item. When a consumer makes the source emit, error or complete while an item is emitted, that waits until
 * the items before it are emitted.
 *
 * ```text
 * source:               -a---b--#   a holds p and q, b holds r
 * concatItems(itemsOf): -(pq)r--#
 * ```
 *
 * @param items - Returns the items of a value.
 * @param remaining - Returns the items left when the source completes, given its last value if it had one.
 */
export function concatItems<R, T>(
  items: (value: R) => Items<T>,
  remaining: (last: R | undefined) => Items<T> = () => [],
): OperatorFunction<R, T> {
  return (value$) =>
    new Observable<T>((subscriber) => {
      const waiting = new Queue<Items<T>>();
      let isEmitting = false;
      let last: R | undefined;
      /** Ends the stream as the source has ended. */
      let end: (() => void) | undefined;

      const emit = (batch: Items<T>): void => {
        for (let i = 0; i < batch.length && !subscriber.closed; i += 1) {
          const item = batch[i] as Items<T>[number];
          if (item === COMPLETE) subscriber.complete();
          else if (item instanceof Error) subscriber.error(item);
          else subscriber.next(item);
        }
      };

      const emitInOrder = (batch: Items<T>): void => {
        if (isEmitting) {
          waiting.push(batch);
          return;
        }
        isEmitting = true;
        emit(batch);
        while (waiting.length > 0) emit(waiting.shift() ?? []);
        isEmitting = false;
        end?.();
      };

      /** Ends after the items that are waiting; later values of the source no longer exist. */
      const endInOrder = (batch: Items<T>, how: () => void): Observable<never> => {
        end = how;
        emitInOrder(batch);
        return NEVER;
      };

      concat(
        value$.pipe(
          // Passes nothing: the items are emitted here.
          filter((value): value is never => {
            last = value;
            emitInOrder(items(value));
            return false;
          }),
          catchError((error: unknown) => endInOrder([], () => subscriber.error(error))),
        ),
        defer(() => endInOrder(remaining(last), () => subscriber.complete())),
      ).subscribe(subscriber);
    });
}
