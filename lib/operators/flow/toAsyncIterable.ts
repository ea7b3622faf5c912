import type { Observable, Subscription } from 'rxjs';

import { Queue } from '../../rx/Queue';
import type { ReadGate } from '../../transport/ReadGate';

/**
 * Converts an Observable to an iterable for `for await`, read only as fast as the loop requests values.
 *
 * With the gate of the config nothing is read ahead: at most the current read is buffered. Leaving the loop early, by
 * `break`, `return` or an exception, unsubscribes, which aborts the request. Subscribes when the loop starts; each loop
 * sends its own request.
 *
 * @param value$ - Chunks, or the output of operators.
 * @param gate - The gate that was passed in the config. Without it, values that arrive faster than the loop takes them are
 * buffered.
 * @returns An iterable that throws the error of `value$` after all values before it.
 *
 * @example
 * ```ts
 * import { chatCompletion$, contentDeltas, ReadGate, toAsyncIterable } from 'rxjs-chat-completions';
 *
 * const gate = new ReadGate();
 * const text$ = chatCompletion$({ gate }, { model: 'llama3.2', messages: [{ role: 'user', content: 'Hi' }] }).pipe(
 *   contentDeltas(),
 * );
 * for await (const text of toAsyncIterable(text$, gate)) console.log(text);
 * ```
 */
export function toAsyncIterable<T>(value$: Observable<T>, gate?: ReadGate): AsyncIterable<T> {
  return { [Symbol.asyncIterator]: () => new ValueIterator(value$, gate) };
}

/** Promise of a value that has been requested and not yet received. */
interface PendingNext<T> {
  readonly resolve: (result: IteratorResult<T, undefined>) => void;
  readonly reject: (error: unknown) => void;
}

/** One loop over the values. */
class ValueIterator<T> implements AsyncIterableIterator<T, unknown> {
  readonly #values = new Queue<T>();
  readonly #pending = new Queue<PendingNext<T>>();
  readonly #gate: ReadGate | undefined;
  readonly #subscription: Subscription;
  /** Settles a request after the last value; `undefined` while more values may arrive. */
  #end: ((next: PendingNext<T>) => void) | undefined;
  #release: (() => void) | undefined;

  constructor(value$: Observable<T>, gate: ReadGate | undefined) {
    this.#gate = gate;
    this.#settle();
    this.#subscription = value$.subscribe({
      next: (value) => {
        this.#values.push(value);
        this.#settle();
      },
      error: (error: unknown) =>
        this.#endWith(({ reject }) => {
          // Thrown once: a later request finds the end.
          this.#end = resolveDone;
          reject(error);
        }),
      complete: () => this.#endWith(resolveDone),
    });
  }

  next(): Promise<IteratorResult<T, undefined>> {
    return new Promise((resolve, reject) => {
      this.#pending.push({ resolve, reject });
      this.#settle();
    });
  }

  async return(value?: unknown): Promise<IteratorReturnResult<unknown>> {
    this.#subscription.unsubscribe();
    this.#values.clear();
    this.#endWith(resolveDone);
    return { done: true, value: await value };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #endWith(end: (next: PendingNext<T>) => void): void {
    this.#end = end;
    this.#settle();
  }

  /** Settles pending requests with what has been received; holds the gate while none is pending. */
  #settle(): void {
    const pending = this.#pending;
    while (pending.length > 0 && this.#values.length > 0)
      pending.shift()?.resolve({ done: false, value: this.#values.shift() as T });
    while (pending.length > 0 && this.#end !== undefined) this.#end(pending.shift() as PendingNext<T>);
    if (pending.length === 0 && this.#end === undefined) {
      this.#release ??= this.#gate?.hold();
    } else {
      // Opening the gate may emit at once, and hold it again.
      const open = this.#release;
      this.#release = undefined;
      open?.();
    }
  }
}

const resolveDone = <T>({ resolve }: PendingNext<T>): void => resolve({ done: true, value: undefined });
