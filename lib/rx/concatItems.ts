import { Observable, type OperatorFunction, type Subscriber } from 'rxjs';

import { DirectObserver } from './DirectObserver';

/** An item that completes the stream. */
export const COMPLETE = Symbol('complete');

/** Values to emit one by one; an Error among them errors the stream, {@link COMPLETE} completes it. */
export type Items<T> = ReadonlyArray<T | Error | typeof COMPLETE>;

/** Steps that convert the items of a source to those of the result. */
export interface ItemReader<I, T> {
  /** Returns the items to emit for one of the source. Called once all items before it are emitted. */
  readonly read: (item: I) => Items<T>;
  /** Called when all items so far are emitted, unless the stream has ended meanwhile. */
  readonly onEmitted?: () => void;
  /** Returns the items to emit after the last. */
  readonly end: () => Items<T>;
  /** Whether an error only means that the source has ended. */
  readonly isEnd: (error: unknown) => boolean;
}

/**
 * Emits the items of each value one by one; an Error among them errors the stream, {@link COMPLETE} completes it.
 *
 * Items before an error are emitted before it, and the rest of a value is not read once the consumer has completed. The same as
 * `concatMap`, without an inner subscription for each value. If a consumer makes the source emit, error or complete while an item
 * is emitted, that notification waits for the items before it.
 *
 * ```text
 * source:               -a---b--#   a holds p and q, b holds r
 * concatItems(itemsOf): -(pq)r--#
 * ```
 *
 * @param items - Returns the items of a value.
 * @param remaining - Returns the items left when the source completes.
 * @param reader - Converts each item before it is emitted. Default: emits them as they are.
 */
export function concatItems<R, T>(
  items: (value: R) => Items<T>,
  remaining?: () => Items<T>,
): OperatorFunction<R, T>;
export function concatItems<R, I, T>(
  items: (value: R) => Items<I>,
  remaining: () => Items<I>,
  reader: ItemReader<I, T>,
): OperatorFunction<R, T>;
export function concatItems<R, T>(
  items: (value: R) => Items<T>,
  remaining: () => Items<T> = () => [],
  reader?: ItemReader<T, T>,
): OperatorFunction<R, T> {
  return (value$) =>
    new Observable<T>((subscriber) => {
      const observer = new ItemObserver<R, T>(subscriber, items, remaining, reader);
      // Before the subscription: a source may emit everything while it is being subscribed to.
      subscriber.add(observer);
      value$.subscribe(observer);
      // Behind the teardown of the source, as in `concatMap`: what follows may send the next request.
      observer.add(() => observer.endAsSource());
    });
}

/** A class instead of closures: engines discard the compiled code of a closure with its subscription. */
class ItemObserver<R, T> extends DirectObserver<R> {
  readonly #subscriber: Subscriber<T>;
  readonly #items: (value: R) => Items<T>;
  readonly #remaining: () => Items<T>;
  readonly #reader: ItemReader<T, T> | undefined;
  #waiting: Array<Items<T>> = [];
  #isEmitting = false;
  /** Ends the stream in the way that the source has ended. */
  #ended: (() => void) | undefined;
  /** Ends the stream once the items before are emitted. Set once: later values of the source are ignored. */
  #end: (() => void) | undefined;

  constructor(
    subscriber: Subscriber<T>,
    items: (value: R) => Items<T>,
    remaining: () => Items<T>,
    reader: ItemReader<T, T> | undefined,
  ) {
    super();
    this.#subscriber = subscriber;
    this.#items = items;
    this.#remaining = remaining;
    this.#reader = reader;
  }

  protected onNext(value: R): void {
    if (this.#end !== undefined) return;
    try {
      this.#emitInOrder(this.#items(value));
    } catch (error) {
      this.#failInStep(error);
    }
  }

  protected onError(error: unknown): void {
    this.#ended = () => this.#fail(error);
  }

  protected onComplete(): void {
    this.#ended = () => {
      this.#end = () => this.#complete();
      try {
        this.#emitInOrder(this.#remaining());
      } catch (error) {
        this.#failInStep(error);
      }
    };
  }

  /** Ends the stream if the source has ended. */
  endAsSource(): void {
    this.#ended?.();
  }

  #fail(error: unknown): void {
    const isEnd = this.#reader?.isEnd(error) === true;
    this.#end = () => (isEnd ? this.#complete() : this.#subscriber.error(error));
    this.#emitInOrder([]);
  }

  #emitInOrder(batch: Items<T>): void {
    if (this.#isEmitting) {
      this.#waiting.push(batch);
      return;
    }
    this.#isEmitting = true;
    this.#emit(batch);
    while (this.#waiting.length > 0) {
      const batches = this.#waiting;
      this.#waiting = [];
      for (const waiting of batches) this.#emit(waiting);
    }
    this.#isEmitting = false;
    if (this.#end !== undefined) this.#end();
    else if (!this.#subscriber.closed) this.#reader?.onEmitted?.();
  }

  #emit(batch: Items<T>): void {
    const reader = this.#reader;
    if (reader === undefined) {
      this.#emitItems(batch);
      return;
    }
    for (const item of batch) {
      if (this.#subscriber.closed) return;
      this.#emitItems(item === COMPLETE || item instanceof Error ? [item] : reader.read(item));
    }
  }

  #emitItems(batch: Items<T>): void {
    const subscriber = this.#subscriber;
    for (const item of batch) {
      if (subscriber.closed) return;
      if (item === COMPLETE) subscriber.complete();
      else if (item instanceof Error) subscriber.error(item);
      else subscriber.next(item);
    }
  }

  #complete(): void {
    if (this.#reader !== undefined) this.#emitItems(this.#reader.end());
    this.#subscriber.complete();
  }

  /** Errors with what a step has thrown. */
  #failInStep(error: unknown): void {
    this.#isEmitting = false;
    this.#fail(error);
  }
}
