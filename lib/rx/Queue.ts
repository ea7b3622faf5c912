/**
 * A first-in, first-out queue in constant time per value, on average.
 *
 * `Array.prototype.shift` moves every remaining value, so a long backlog would cost quadratic time.
 */
export class Queue<T> {
  #added: T[] = [];
  /** The oldest values, the oldest last. */
  #oldest: T[] = [];

  get length(): number {
    return this.#added.length + this.#oldest.length;
  }

  push(value: T): void {
    this.#added.push(value);
  }

  /** Removes and returns the oldest value; `undefined` when the queue is empty. */
  shift(): T | undefined {
    if (this.#oldest.length === 0) {
      this.#oldest = this.#added.reverse();
      this.#added = [];
    }
    return this.#oldest.pop();
  }

  clear(): void {
    this.#added = [];
    this.#oldest = [];
  }
}
