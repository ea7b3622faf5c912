import { defer, finalize, type MonoTypeOperatorFunction } from 'rxjs';

import { RelayError } from './RelayError';

/** Counts the answers of each user. */
export class StreamCount {
  readonly #open = new Map<string, number>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  /** Counts a source of a user while it is subscribed to, and errors with a {@link RelayError} if there are too many. */
  limit<T>(userId: string): MonoTypeOperatorFunction<T> {
    return (source$) =>
      defer(() => {
        const open = this.#open.get(userId) ?? 0;
        if (open >= this.#most) throw tooMany(this.#most);
        this.#open.set(userId, open + 1);
        return source$.pipe(finalize(() => this.#release(userId)));
      });
  }

  #release(userId: string): void {
    const open = (this.#open.get(userId) ?? 1) - 1;
    if (open > 0) this.#open.set(userId, open);
    else this.#open.delete(userId);
  }
}

const tooMany = (most: number): RelayError =>
  new RelayError(429, 'too_many_requests', `more than ${most} answers at a time: wait for one to end`, {
    headers: { 'retry-after': '1' },
  });
