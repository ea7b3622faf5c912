import { concat, defer, filter, NEVER, Observable, type OperatorFunction } from 'rxjs';

/** An item at which the stream completes. */
export const COMPLETE = Symbol('complete');

type Items<T> = ReadonlyArray<T | Error | typeof COMPLETE>;

/**
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
 */
export function concatItems<R, T>(
  items: (value: R) => Items<T>,
  remaining: (last: R | undefined) => Items<T> = () => [],
): OperatorFunction<R, T> {
  return (value$) =>
    new Observable<T>((subscriber) => {
      const waiting: Array<Items<T>> = [];
      let busy = false;
      let ended = false;
      let last: R | undefined;

      const emit = (batch: Items<T>): void => {
        for (let i = 0; i < batch.length && !subscriber.closed; i += 1) {
          const item = batch[i] as Items<T>[number];
          if (item === COMPLETE) subscriber.complete();
          else if (item instanceof Error) subscriber.error(item);
          else subscriber.next(item);
        }
      };

      const emitInOrder = (batch: Items<T>): void => {
        if (busy) {
          waiting.push(batch);
          return;
        }
        busy = true;
        emit(batch);
        while (waiting.length > 0) emit(waiting.shift() ?? []);
        busy = false;
        if (ended) subscriber.complete();
      };

      concat(
        value$.pipe(
          // Passes no value: the items are emitted in here.
          filter((value): value is never => {
            last = value;
            emitInOrder(items(value));
            return false;
          }),
        ),
        defer(() => {
          ended = true;
          emitInOrder(remaining(last));
          return NEVER; // Completed by emitInOrder, now or when the outer call of it returns.
        }),
      ).subscribe(subscriber);
    });
}
