import { Observable, Subject, takeUntil, type OperatorFunction } from 'rxjs';

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
 * @param held - What a value holds. Must not throw: an error has its place among what is held.
 * @param rest - What is still held when the source completes, told its last value if it had one. Must not throw either.
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

      // A source that emits while it is being subscribed to could not be unsubscribed from otherwise.
      const letGo$ = new Subject<void>();
      subscriber.add(() => letGo$.next());
      value$.pipe(takeUntil(letGo$)).subscribe({
        next: (value) => {
          last = value;
          serveInTurn(held(value));
        },
        error: (error: unknown) => subscriber.error(error),
        complete: () => {
          ended = true;
          serveInTurn(rest(last));
        },
      });
    });
}
