import { Observable, Subject, takeUntil, type OperatorFunction } from 'rxjs';

import { Queue } from './Queue';

/** An item that completes the stream. */
export const COMPLETE = Symbol('complete');

/** Values to emit one by one; an Error among them errors the stream, {@link COMPLETE} completes it. */
export type Items<T> = ReadonlyArray<T | Error | typeof COMPLETE>;

/** Steps that convert the items of a source to those of the result. */
export interface ItemReader<I, T> {
  /** Returns the items to emit for one of the source. Called when all before it are emitted. */
  readonly read: (item: I) => Items<T>;
  /** Returns the items to emit after the last. */
  readonly end: () => Items<T>;
  /** Whether an error only means that the source has ended. */
  readonly isEnd: (error: unknown) => boolean;
}

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
 * @param reader - Converts each item before it is emitted. Default: emits them as they are.
 */
export function concatItems<R, T>(
  items: (value: R) => Items<T>,
  remaining?: (last: R | undefined) => Items<T>,
): OperatorFunction<R, T>;
export function concatItems<R, I, T>(
  items: (value: R) => Items<I>,
  remaining: (last: R | undefined) => Items<I>,
  reader: ItemReader<I, T>,
): OperatorFunction<R, T>;
export function concatItems<R, T>(
  items: (value: R) => Items<T>,
  remaining: (last: R | undefined) => Items<T> = () => [],
  reader?: ItemReader<T, T>,
): OperatorFunction<R, T> {
  return (value$) =>
    new Observable<T>((subscriber) => {
      const closed$ = new Subject<void>();
      const waiting = new Queue<Items<T>>();
      let isEmitting = false;
      let last: R | undefined;
      /** Ends the stream as the source has ended. Later values of the source no longer exist. */
      let end: (() => void) | undefined;

      const emit = (batch: Items<T>): void => {
        for (let i = 0; i < batch.length && !subscriber.closed; i += 1) {
          const item = batch[i] as Items<T>[number];
          if (item === COMPLETE) subscriber.complete();
          else if (item instanceof Error) subscriber.error(item);
          else subscriber.next(item);
        }
      };

      const emitAll =
        reader === undefined
          ? emit
          : (batch: Items<T>): void => {
              for (let i = 0; i < batch.length && !subscriber.closed; i += 1) {
                const item = batch[i] as Items<T>[number];
                emit(item === COMPLETE || item instanceof Error ? [item] : reader.read(item));
              }
            };

      const emitInOrder = (batch: Items<T>): void => {
        if (isEmitting) {
          waiting.push(batch);
          return;
        }
        isEmitting = true;
        emitAll(batch);
        while (waiting.length > 0) emitAll(waiting.shift() ?? []);
        isEmitting = false;
        end?.();
      };

      const complete = (): void => {
        if (reader !== undefined) emit(reader.end());
        subscriber.complete();
      };

      const fail = (error: unknown): void => {
        end = reader?.isEnd(error) === true ? complete : () => subscriber.error(error);
        emitInOrder([]);
      };

      /** Fails as a step fails that throws. */
      const failInStep = (error: unknown): void => {
        isEmitting = false;
        fail(error);
      };

      /** Ends the stream as the source has ended. */
      let ending: (() => void) | undefined;

      // Registered first: a source may emit everything while it is being subscribed to.
      subscriber.add(() => closed$.next());
      value$
        .pipe(takeUntil(closed$))
        .subscribe({
          next: (value) => {
            if (end !== undefined) return;
            last = value;
            try {
              emitInOrder(items(value));
            } catch (error) {
              failInStep(error);
            }
          },
          error: (error: unknown) => {
            ending = () => fail(error);
          },
          complete: () => {
            if (subscriber.closed) return;
            ending = () => {
              end = complete;
              try {
                emitInOrder(remaining(last));
              } catch (error) {
                failInStep(error);
              }
            };
          },
        })
        // Behind the teardown of the source, as in `concatMap`: what follows may send the next request.
        .add(() => ending?.());
    });
}
