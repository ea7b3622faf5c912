import { concat, defer, filter, NEVER, Observable, type OperatorFunction } from 'rxjs';

/** Among what a value holds: there the stream completes. */
export const END = Symbol('end');

type Held<T> = ReadonlyArray<T | Error | typeof END>;

/**
 * Emits what each value holds, one by one; an error among it ends the stream in its place, {@link END} completes it.
 *
 * So what a read held before its error is delivered before it, and a consumer that has enough in the middle of a
 * read stops everything below from looking at the rest of it. Does what `concatMap` does, without a subscription for each
 * read and a step for each value; a consumer that makes the source emit again while it is served waits its turn.
 *
 * @param held - What a value holds.
 * @param rest - What is still held when the source completes, told its last value if it had one.
 */
export function inOrder<R, T>(
  held: (value: R) => Held<T>,
  rest: (last: R | undefined) => Held<T> = () => [],
): OperatorFunction<R, T> {
  return (value$) =>
    new Observable<T>((subscriber) => {
      const waiting: Array<Held<T>> = [];
      let busy = false;
      let ended = false;
      let last: R | undefined;

      const serve = (items: Held<T>): void => {
        for (let i = 0; i < items.length && !subscriber.closed; i += 1) {
          const item = items[i] as Held<T>[number];
          if (item === END) subscriber.complete();
          else if (item instanceof Error) subscriber.error(item);
          else subscriber.next(item);
        }
      };

      const serveInTurn = (items: Held<T>): void => {
        if (busy) {
          waiting.push(items);
          return;
        }
        busy = true;
        serve(items);
        while (waiting.length > 0) serve(waiting.shift() ?? []);
        busy = false;
        if (ended) subscriber.complete();
      };

      concat(
        value$.pipe(
          // Nothing passes: what a value holds is emitted here and now.
          filter((value): value is never => {
            last = value;
            serveInTurn(held(value));
            return false;
          }),
        ),
        defer(() => {
          ended = true;
          serveInTurn(rest(last));
          return NEVER; // Completed above, or by whoever is being served.
        }),
      ).subscribe(subscriber);
    });
}
