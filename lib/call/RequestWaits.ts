import { Observable, type MonoTypeOperatorFunction, type Subscriber } from 'rxjs';

import { ChatTimeoutError, type TimeoutPhase } from '../errors';
import { Wait, type WaitOptions } from '../response/Wait';
import type { ChatTimeouts } from './config';

/** The waits of one request: for the head of its response, and for the first event of a stream. */
export class RequestWaits {
  readonly #head: Wait | undefined;
  readonly #first: Wait | undefined;
  #subscriber: Subscriber<never> | undefined;
  #hasHead = false;
  #hasFirst = false;

  /** @param time - Its gate applies to the first event only: a head is not read through it. */
  constructor({ head, first }: ChatTimeouts, isStreamed: boolean, time: WaitOptions) {
    // Of two equal limits, which are the default, one timer does for both.
    const isOne = isStreamed && head === first && time.gate === undefined;
    if (!isOne) this.#head = new Wait(head, () => this.#fail('head', head), { ...time, gate: undefined });
    if (isStreamed)
      this.#first = new Wait(
        first,
        () => this.#fail(isOne && !this.#hasHead ? 'head' : 'first', first),
        time,
      );
  }

  /** Whether the first event has arrived. */
  get hasFirst(): boolean {
    return this.#hasFirst;
  }

  onHead(): void {
    this.#hasHead = true;
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
    return (value$) =>
      new Observable((subscriber) => {
        this.#subscriber = subscriber;
        subscriber.add(() => this.#stop());
        this.#head?.start();
        this.#first?.start();
        value$.subscribe(subscriber);
      });
  }

  #fail(phase: TimeoutPhase, ms = Infinity): void {
    this.#subscriber?.error(new ChatTimeoutError(phase, ms));
  }

  #stop(): void {
    this.#head?.stop();
    this.#first?.stop();
  }
}
