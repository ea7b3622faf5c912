import { catchError, concat, defer, filter, NEVER, Observable, type OperatorFunction } from 'rxjs';

<<<<<<< HEAD
/** An item at which the stream completes. */
=======
import { Queue } from './Queue';

/** An item that completes the stream. */
>>>>>>> ops
export const COMPLETE = Symbol('complete');

type Items<T> = ReadonlyArray<T | Error | typeof COMPLETE>;

/**
<<<<<<< HEAD
 * Emits the items of each value. An item that is an error ends the stream at its position, {@link COMPLETE} completes it.
 *
 * Items before an error are emitted before it, and a consumer that unsubscribes in the middle of a read stops the operators
 * below from processing the rest. Like `concatMap`, without a subscription for each read. Items of a value that the source
 * emits while a consumer is called are emitted after those of the current value.
 *
 * ```text
 * source:       -a-----b--|    a = [p, q], b = [r]
 * concatItems(): -(pq)-r--|
 * ```
 *
 * @param items - Returns the items of a value.
 * @param remaining - Returns the items that are left when the source completes, from its last value if there was one.
=======
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
>>>>>>> ops
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
<<<<<<< HEAD
          // Passes no value: the items are emitted in here.
=======
          // Passes nothing: the items are emitted here.
>>>>>>> ops
          filter((value): value is never => {
            last = value;
            emitInOrder(items(value));
            return false;
          }),
          catchError((error: unknown) => endInOrder([], () => subscriber.error(error))),
        ),
<<<<<<< HEAD
        defer(() => {
          ended = true;
          emitInOrder(remaining(last));
          return NEVER; // Completed by emitInOrder, now or when the outer call of it returns.
        }),
=======
        defer(() => endInOrder(remaining(last), () => subscriber.complete())),
>>>>>>> ops
      ).subscribe(subscriber);
    });
}
