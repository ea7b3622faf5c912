import { Observable, Subject, takeUntil, type OperatorFunction } from 'rxjs';

/**
 * Emits what each read held one by one; an error among them ends the stream in its place.
 *
 * So what a read held before its error is delivered before it, and a consumer that has enough in the middle of a
 * read stops everything below from looking at the rest of it. Does what `concatMap` does, without a subscription for each
 * read and a step for each value; a consumer that makes the source emit again while it is served waits its turn.
 */
export function inOrder<T>(): OperatorFunction<ReadonlyArray<T | Error>, T> {
  return (read$) =>
    new Observable<T>((subscriber) => {
      const waiting: Array<ReadonlyArray<T | Error>> = [];
      let busy = false;
      let ended = false;

      const serve = (): void => {
        busy = true;
        for (let values = waiting.shift(); values !== undefined; values = waiting.shift()) {
          for (const value of values) {
            if (subscriber.closed) return;
            if (value instanceof Error) subscriber.error(value);
            else subscriber.next(value);
          }
        }
        busy = false;
        if (ended) subscriber.complete();
      };

      // A source that emits while it is being subscribed to could not be unsubscribed from otherwise.
      const letGo$ = new Subject<void>();
      subscriber.add(() => letGo$.next());
      read$.pipe(takeUntil(letGo$)).subscribe({
        next: (values) => {
          waiting.push(values);
          if (!busy) serve();
        },
        error: (error: unknown) => subscriber.error(error),
        complete: () => {
          ended = true;
          if (!busy) subscriber.complete();
        },
      });
    });
}
