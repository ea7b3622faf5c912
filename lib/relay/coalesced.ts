import { identity, interval, startWith, type MonoTypeOperatorFunction, type SchedulerLike } from 'rxjs';

import { flushOn, type Buffer } from '../rx/flushOn';

/**
 * Joins the text that arrives within a time to one value. The first value after a pause is emitted at once.
 *
 * ```text
 * source:       -a-bc----d|
 * coalesced(4): -a---B---d|    B = bc
 * ```
 *
 * @param ms - Milliseconds between two values; 0 passes every value.
 */
export const coalesced = (ms: number, scheduler?: SchedulerLike): MonoTypeOperatorFunction<string> =>
  ms > 0 ? flushOn(interval(ms, scheduler).pipe(startWith(0)), () => new JoinedText()) : identity;

class JoinedText implements Buffer<string> {
  #text = '';

  add(text: string): void {
    this.#text += text;
  }

  take(): readonly string[] {
    const text = this.#text;
    this.#text = '';
    return text === '' ? [] : [text];
  }

  remaining(): readonly string[] {
    return this.take();
  }
}
