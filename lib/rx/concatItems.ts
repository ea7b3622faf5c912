import { concat, defer, filter, NEVER, Observable, type OperatorFunction } from 'rxjs';

/** Among what a value holds: there the stream completes. */
export const COMPLETE = Symbol('end');

type Items<T> = ReadonlyArray<T | Error | typeof COMPLETE>;

/**
 * Emits what each value holds, one by one; an error among it ends the stream in its place, {@link COMPLETE} completes it.
 *
 * So what a read held before its error is delivered before it, and a consumer that has enough in the middle of a
 * read stops everything below from looking at the rest of it. Does what `concatMap` does, without a subscription for each
 * read and a step for each value; a consumer that makes the source emit again while it is served waits its turn.
 *
 * @param items - What a value holds.
 * @param remaining - What is still held when the source completes, told its last value if it had one.
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
          // Nothing passes: what a value holds is emitted here and now.
          filter((value): value is never => {
            last = value;
            emitInOrder(items(value));
            return false;
          }),
        ),
        defer(() => {
          ended = true;
          emitInOrder(remaining(last));
          return NEVER; // Completed above, or by whoever is being served.
        }),
      ).subscribe(subscriber);
    });
}
