import { asyncScheduler, interval, startWith, type MonoTypeOperatorFunction, type SchedulerLike } from 'rxjs';

import { clockOf } from '../../rx/clockOf';
import { flushOn, type Buffer } from '../../rx/flushOn';

/** Options for {@link smoothText}. */
export interface SmoothTextOptions {
  /** Smallest unit of a step: a word, or a character as a reader counts it. Default `'word'`. */
  readonly by?: 'word' | 'grapheme';
  /** Milliseconds between two steps. Default 30. */
  readonly everyMs?: number;
  /**
   * Longest lag behind the source, in milliseconds: steps grow until they keep up. Default 500. With a value up to
   * `everyMs` each step emits everything received; `Infinity` sets no bound.
   */
  readonly lagMs?: number;
  /** Language of the text, which decides where words end. Default: the runtime's. */
  readonly locale?: string;
  /** Schedules the steps. Default RxJS's `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/**
 * Smooths a text that grows in bursts: it grows in even steps, a little later.
 *
 * Models and proxies deliver text in bursts; even steps are easier to read. Put it below {@link accumulateContent}. A step
 * ends inside a word or a character only where the text so far does. Words of Chinese and Japanese are found by
 * `Intl.Segmenter`; a runtime without it splits at spaces only. The lag is bounded by the clock, so a hidden tab keeps up,
 * and completion or an error flushes the rest at once. A text that does not continue the one emitted last, as after a
 * restart, is emitted in full.
 *
 * ```text
 * source:                     -a-------b|   a = 'one two three', b = 'one two three four'
 * smoothText({ everyMs: 2 }): -x-y-z---b|   x = 'one ', y = 'one two ', z = 'one two three'
 * ```
 *
 * @param options - The unit, the interval and the lag.
 * @returns An operator whose last value is the source's last. It errors as the source does, and with a `RangeError` when
 * `locale` is not a language tag.
 *
 * @example
 * ```ts
 * import { accumulateContent, chatCompletion$, smoothText } from 'rxjs-chat-completions';
 *
 * chatCompletion$({}, { model: 'llama3.2', messages: [{ role: 'user', content: 'Hi' }] })
 *   .pipe(accumulateContent(), smoothText())
 *   .subscribe((text) => console.log(text));
 * ```
 */
export function smoothText({
  by = 'word',
  everyMs = 30,
  lagMs = 500,
  locale,
  scheduler = asyncScheduler,
}: SmoothTextOptions = {}): MonoTypeOperatorFunction<string> {
  const stepMs = everyMs > 0 ? everyMs : 0;
  const step$ = interval(stepMs, scheduler).pipe(startWith(0));
  return flushOn(step$, () => new SteppedText(partEndOf(by, locale), stepMs, lagMs, clockOf(scheduler)));
}

/** Holds the latest text and emits it step by step; lengths are in UTF-16 code units. */
class SteppedText implements Buffer<string> {
  #text: string | undefined;
  #shown: string | undefined;
  /** Length to emit per millisecond so that the lag stays in its bound. */
  #perMs = 0;
  #stepAt: number | undefined;

  constructor(
    private readonly endOfPart: EndOfPart,
    private readonly everyMs: number,
    private readonly lagMs: number,
    private readonly now: () => number,
  ) {}

  add(text: string): void {
    // The text is not read before the next step: engines join strings lazily.
    this.#text = text;
    const time = this.lagMs - this.everyMs;
    const perMs = time > 0 ? (text.length - (this.#shown?.length ?? 0)) / time : Infinity;
    this.#perMs = Math.max(this.#perMs, perMs);
  }

  take(): readonly string[] {
    if (this.#text === undefined || this.#text === this.#shown) {
      this.#stepAt = undefined;
      return [];
    }
    const stepAt = this.now();
    const sinceLast = this.#stepAt === undefined ? this.everyMs : stepAt - this.#stepAt;
    this.#stepAt = stepAt;
    this.#shown = this.#upTo(this.#text, this.#shown ?? '', this.#perMs * Math.max(1, sinceLast));
    if (this.#shown === this.#text) this.#perMs = 0;
    return [this.#shown];
  }

  remaining(): readonly string[] {
    return this.#text === undefined || this.#text === this.#shown ? [] : [this.#text];
  }

  #upTo(text: string, shown: string, length: number): string {
    if (!text.startsWith(shown)) return text;
    const last = shown.length + (length > 1 ? Math.ceil(length) : 1) - 1;
    return last < text.length ? text.slice(0, this.endOfPart(text, last)) : text;
  }
}

/** Returns the end of the word or character at an offset of a text. */
type EndOfPart = (text: string, at: number) => number;

/** Length read on either side of an offset: longer than words, yet short, because engines copy it each time. */
const AROUND = 200;

function partEndOf(by: 'word' | 'grapheme', locale: string | undefined): EndOfPart {
  const Segmenter = (globalThis as { readonly Intl?: Partial<typeof Intl> }).Intl?.Segmenter;
  if (Segmenter === undefined) return by === 'word' ? endOfSpaces : endOfCodePoint;
  const segmenter = new Segmenter(locale, { granularity: by });
  return (text, at) => {
    const from = Math.max(0, at - AROUND);
    const around = text.slice(from, endOfCodePoint(text, at + AROUND));
    const segments = segmenter.segment(around);
    let end = at - from;
    let hasWord = false;
    for (let part = segments.containing(end); part !== undefined; part = segments.containing(end)) {
      // Spaces and punctuation belong to the word before them, or to the word after them where none precedes.
      const isWord = part.isWordLike !== false;
      if (hasWord && isWord) break;
      hasWord ||= isWord;
      end = part.index + part.segment.length;
    }
    return from + end;
  };
}

const endOfSpaces: EndOfPart = (text, at) => {
  const part = /\s*\S*\s*/y;
  part.lastIndex = at;
  part.test(text);
  return part.lastIndex;
};

const endOfCodePoint: EndOfPart = (text, at) => at + ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);
