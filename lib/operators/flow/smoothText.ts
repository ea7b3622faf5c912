import {
  asyncScheduler,
  interval,
  startWith,
  type MonoTypeOperatorFunction,
  type SchedulerLike,
  type TimestampProvider,
} from 'rxjs';

import { flushOn, type Buffer } from '../../rx/flushOn';

/** What {@link smoothText} can be told. */
export interface SmoothTextOptions {
  /** What is shown at once: words, or characters as a reader counts them. Default `'word'`. */
  readonly by?: 'word' | 'grapheme';
  /** Between one step and the next, in milliseconds. Default 30. */
  readonly everyMs?: number;
  /**
   * How far what is shown may lag behind, in milliseconds: steps grow until they keep up. Default 500. No more than
   * `everyMs` shows at each step all there is; `Infinity` lets it lag.
   */
  readonly lagMs?: number;
  /** The language whose words they are. Default: the runtime's. */
  readonly locale?: string;
  /** Times the steps. Default RxJS's `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/**
 * Smooths a text that grows in bursts: it grows in even steps, a little later.
 *
 * Models and proxies deliver in lumps; an even flow is easier on the eye. Put it below {@link accumulateContent}. No step
 * ends within a word or a character, but where the text itself does so far; Chinese and Japanese words are known without
 * blanks (`Intl.Segmenter`; a runtime that has none goes by blanks alone). The lag is bounded, by the clock, so that a
 * hidden tab keeps up too, and the end brings all the rest at once, an error too. A text that does not go on from what is
 * shown, as after a restart, is shown whole.
 *
 * ```text
 * source:                -a-------b|   a = 'one two three', b = 'one two three four'
 * smoothText({ everyMs: 2 }): -x-y-z---b|   x = 'one ', y = 'one two ', z = 'one two three'
 * ```
 *
 * @param options - The steps, their pace and the lag.
 * @returns An operator whose last value is the source's last; it errors as the source does, and with a `RangeError` at a
 * `locale` that is none.
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
  return flushOn(step$, () => new UnshownText(partsOf(by, locale), stepMs, lagMs, scheduler));
}

/** A text that is shown step by step; lengths are in UTF-16 units. */
class UnshownText implements Buffer<string> {
  #text: string | undefined;
  #shown: string | undefined;
  /** How much has to be shown in each millisecond so that none of it is late. */
  #perMs = 0;
  #stepAt: number | undefined;

  constructor(
    private readonly endOfPart: EndOfPart,
    private readonly everyMs: number,
    private readonly lagMs: number,
    private readonly clock: TimestampProvider,
  ) {}

  add(text: string): void {
    // The text itself is not looked at before the next step: strings join lazily.
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
    const stepAt = this.clock.now();
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

/** Says where the word or the character ends that stands at a place of a text. */
type EndOfPart = (text: string, place: number) => number;

/** How much is looked at on either side of a place: more than words have, yet little, for engines copy it each time. */
const AROUND = 200;

function partsOf(by: 'word' | 'grapheme', locale: string | undefined): EndOfPart {
  const Segmenter = (globalThis as { readonly Intl?: Partial<typeof Intl> }).Intl?.Segmenter;
  if (Segmenter === undefined) return by === 'word' ? endOfBlanks : endOfCodePoint;
  const segmenter = new Segmenter(locale, { granularity: by });
  return (text, place) => {
    const from = Math.max(0, place - AROUND);
    const around = text.slice(from, endOfCodePoint(text, place + AROUND));
    const segments = segmenter.segment(around);
    let end = place - from;
    let hasWord = false;
    for (let part = segments.containing(end); part !== undefined; part = segments.containing(end)) {
      // What is no word, blanks and marks, goes with the word before it, or after it where none is before it.
      const isWord = part.isWordLike !== false;
      if (hasWord && isWord) break;
      hasWord ||= isWord;
      end = part.index + part.segment.length;
    }
    return from + end;
  };
}

const endOfBlanks: EndOfPart = (text, place) => {
  const part = /\s*\S*\s*/y;
  part.lastIndex = place;
  part.test(text);
  return part.lastIndex;
};

const endOfCodePoint: EndOfPart = (text, place) => place + ((text.codePointAt(place) ?? 0) > 0xffff ? 2 : 1);
