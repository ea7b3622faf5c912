import { Observable, type MonoTypeOperatorFunction } from 'rxjs';

import { timeLimit } from '../response/timeLimit';
import type { Wait, WaitOptions } from '../response/Wait';
import type { ChatTimeouts } from './config';

/** The waits of one request: for the head of its response, and for the first event of a stream. */
export class RequestWaits {
  readonly #timeouts: ChatTimeouts;
  readonly #isStreamed: boolean;
  readonly #time: WaitOptions;
  #head: Wait | undefined;
  #first: Wait | undefined;
  #hasFirst = false;

  /** @param time - Its gate applies to the first event only: a head is not read through it. */
  constructor(timeouts: ChatTimeouts, isStreamed: boolean, time: WaitOptions) {
    this.#timeouts = timeouts;
    this.#isStreamed = isStreamed;
    this.#time = time;
  }

  /** Whether the first event has arrived. */
  get hasFirst(): boolean {
    return this.#hasFirst;
  }

  onHead(): void {
    this.#head?.stop();
  }

  onFirst(): void {
    this.#hasFirst = true;
    this.#first?.stop();
  }

  /**
   * Errors with {@link ChatTimeoutError} when a wait is over.
   *
   * What is waited for is reported by `onHead` and `onFirst`, so it adds no step to the values of the stream.
   */
  limit<T>(): MonoTypeOperatorFunction<T> {
    const { head, first } = this.#timeouts;
    const { scheduler, now } = this.#time;
    return (value$) =>
      new Observable((subscriber) => {
        this.#head = timeLimit(subscriber, 'head', head, { scheduler, now });
        this.#head.start();
        if (this.#isStreamed) {
          this.#first = timeLimit(subscriber, 'first', first, this.#time);
          this.#first.start();
        }
        value$.subscribe(subscriber);
      });
  }
}
