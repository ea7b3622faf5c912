import fc from 'fast-check';
import {
  concatMap,
  concatWith,
  delay,
  from,
  map,
  NEVER,
  of,
  range,
  Subject,
  take,
  tap,
  throwError,
  VirtualAction,
  VirtualTimeScheduler,
  type Subscription,
} from 'rxjs';

import { TruncatedError } from '../../../lib/errors';
import { smoothText, type SmoothTextOptions } from '../../../lib/operators/flow/smoothText';
import { marbles } from '../../helpers/marbles';
import { outcomeOf } from '../../helpers/reads';

const lost = new TruncatedError();

/** The text so far at each step. */
const texts = {
  a: 'one two three',
  b: 'one two three four five',
  x: 'one ',
  y: 'one two ',
  z: 'one two three',
  w: 'one two three four ',
  e: '',
};

describe('smoothText', () => {
  it('emits a text word by word', () => {
    marbles(({ cold, time, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -a---------|', texts);
      const subs = '         ^----------!';
      const everyMs = time(' --|');
      const expected = '     -x-y-z-----|';
      expectObservable(source$.pipe(smoothText({ everyMs }))).toBe(expected, texts);
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('takes no step sooner when more text arrives', () => {
    marbles(({ cold, time, expectObservable }) => {
      const source$ = cold(' -a------b----|', texts);
      const everyMs = time(' ---|');
      const expected = '     -x--y--z--w--(b|)';
      expectObservable(source$.pipe(smoothText({ everyMs }))).toBe(expected, texts);
    });
  });

  it('starts at once when no text was waiting', () => {
    marbles(({ cold, time, expectObservable }) => {
      const source$ = cold(' -a---------b----|', texts);
      const everyMs = time(' --|');
      const expected = '     -x-y-z-----w-b--|';
      expectObservable(source$.pipe(smoothText({ everyMs }))).toBe(expected, texts);
    });
  });

  it('emits the rest with the completion', () => {
    marbles(({ cold, time, expectObservable }) => {
      const source$ = cold(' -a-b|   ', texts);
      const everyMs = time(' --|');
      const expected = '     -x-y(b|)';
      expectObservable(source$.pipe(smoothText({ everyMs }))).toBe(expected, texts);
    });
  });

  it('emits the rest before an error', () => {
    marbles(({ cold, time, expectObservable }) => {
      const source$ = cold(' -a-b#   ', texts, lost);
      const everyMs = time(' --|');
      const expected = '     -x-y(b#)';
      expectObservable(source$.pipe(smoothText({ everyMs }))).toBe(expected, texts, lost);
    });
  });

  it('completes, errors and waits as its source does, without a text', () => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold('--|').pipe(smoothText())).toBe('--|');
      expectObservable(cold('--#', undefined, lost).pipe(smoothText())).toBe('--#', undefined, lost);
      expectObservable(NEVER.pipe(smoothText())).toBe('-');
    });
  });

  it('emits an empty text too, and no text twice', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -e-e-x---x-x-|', texts);
      const expected = '     -e---x-------|';
      expectObservable(source$.pipe(smoothText({ everyMs: 2 }))).toBe(expected, texts);
    });
  });

  it('unsubscribes from the source, and takes no more steps, when it is unsubscribed', () => {
    const scheduler = new VirtualTimeScheduler();
    const shown = jest.fn();
    const subscription = of('one two three')
      .pipe(concatWith(NEVER), smoothText({ scheduler }))
      .subscribe(shown);
    subscription.unsubscribe();
    scheduler.flush();
    expect(shown.mock.calls).toEqual([['one ']]);
    marbles(({ cold, time, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -a------', texts);
      const unsub = '        ^---!   ';
      const everyMs = time(' --|     ');
      const expected = '     -x-y    ';
      expectObservable(source$.pipe(smoothText({ everyMs })), unsub).toBe(expected, texts);
      expectSubscriptions(source$.subscriptions).toBe(unsub);
    });
  });

  it('takes no step after the one at which it is unsubscribed', () => {
    const scheduler = new VirtualTimeScheduler();
    const shown: string[] = [];
    from(['one two', 'one two three'])
      .pipe(concatWith(NEVER), smoothText({ scheduler }), take(1))
      .subscribe((text) => shown.push(text));
    expect(scheduler.actions).toEqual([]);
    expect(shown).toEqual(['one ']);
  });

  it('starts over for each subscriber', () => {
    marbles(({ cold, time, expectObservable }) => {
      const everyMs = time(' --|');
      const result$ = cold(' -a------|', texts).pipe(smoothText({ everyMs }));
      const early = '        -x-y-z--|   ';
      const late = '         ----x-y-z--|';
      expectObservable(result$).toBe(early, texts);
      expectObservable(result$, '---^').toBe(late, texts);
    });
  });

  it('emits a text in full that does not continue the last one', () => {
    const texts = {
      a: 'one two three',
      x: 'one ',
      y: 'one two ',
      b: 'two',
      c: 'two three',
      e: '',
      f: 'On and on',
      g: 'On ',
      d: 'something else, and a good deal longer',
    };
    marbles(({ cold, time, expectObservable }) => {
      const everyMs = time('           --|              ');
      const longer = cold('           -a--d----|        ', texts).pipe(smoothText({ everyMs }));
      const other = cold('            -a---b-c-|        ', texts).pipe(smoothText({ everyMs }));
      const shorter = cold('          -a----x----|      ', texts).pipe(smoothText({ everyMs }));
      const empty = cold('            -a--e------f-|    ', texts).pipe(smoothText({ everyMs }));
      expectObservable(longer).toBe(' -x-y-d---|        ', texts);
      expectObservable(other).toBe('  -x-y-b-c-|        ', texts);
      expectObservable(shorter).toBe('-x-y-a-x---|      ', texts);
      expectObservable(empty).toBe('  -x-y-e-----g-(f|) ', texts);
    });
  });

  it('continues when another text starts with the one emitted last', () => {
    const texts = { a: 'one two three', b: 'one two and more', x: 'one ', y: 'one two ', z: 'one two and ' };
    marbles(({ cold, time, expectObservable }) => {
      const everyMs = time(' --|');
      const source$ = cold(' -a--b-----|', texts);
      const expected = '     -x-y-z-b--|';
      expectObservable(source$.pipe(smoothText({ everyMs }))).toBe(expected, texts);
    });
  });

  it('emits a value that arrives while another is emitted', () => {
    const text$ = new Subject<string>();
    marbles(({ cold, time, expectObservable }) => {
      cold('                 -a', texts).subscribe((text) => text$.next(text));
      const everyMs = time(' --|');
      const expected = '     -x-y-z-w-b';
      const result$ = text$.pipe(
        smoothText({ everyMs }),
        tap((text) => {
          if (text === texts.z) text$.next(texts.b);
        }),
      );
      expectObservable(result$).toBe(expected, texts);
    });
  });

  it('stops a synchronous source as soon as it is unsubscribed', () => {
    const seen: number[] = [];
    range(1, 9)
      .pipe(
        tap((value) => seen.push(value)),
        map((value) => String(value)),
        smoothText(),
        take(1),
      )
      .subscribe();
    expect(seen).toEqual([1]);
  });

  it('errors when the locale is invalid', () => {
    const { values, end, error } = outcomeOf(of('one two').pipe(smoothText({ locale: 'no locale' })));
    expect({ values, end }).toEqual({ values: [], end: 'error' });
    expect(error).toBeInstanceOf(RangeError);
  });

  it('schedules its timers with the given scheduler', () => {
    const scheduler = new VirtualTimeScheduler();
    expect(stepsOf('one two three', { scheduler, everyMs: 70 })).toEqual([
      [0, 'one '],
      [70, 'one two '],
      [140, 'one two three'],
    ]);
  });
});

/** Steps of a text that arrives at once, and their times in milliseconds. */
function stepsOf(
  text: string,
  options: SmoothTextOptions = {},
): ReadonlyArray<readonly [at: number, shown: string]> {
  const { scheduler = new VirtualTimeScheduler() } = options as { readonly scheduler?: VirtualTimeScheduler };
  const steps: Array<readonly [number, string]> = [];
  of(text)
    .pipe(concatWith(NEVER), smoothText({ lagMs: Infinity, ...options, scheduler }))
    .subscribe((shown) => steps.push([scheduler.now(), shown]));
  scheduler.flush();
  return steps;
}

const shownOf = (text: string, options?: SmoothTextOptions): readonly string[] =>
  stepsOf(text, options).map(([, shown]) => shown);

/** Text that each of these steps adds. */
const partsOf = (text: string, options?: SmoothTextOptions): readonly string[] =>
  shownOf(text, options).map((shown, i, all) => shown.slice((all[i - 1] ?? '').length));

describe('a step of smoothText', () => {
  it.each([
    [
      'blanks and marks, with the word before them',
      'Well, "yes" (or no) …\n\n- so',
      ['Well, "', 'yes" (', 'or ', 'no) …\n\n- ', 'so'],
    ],
    ['leading spaces and punctuation', '\n\n* one two', ['\n\n* one ', 'two']],
    ['numbers and names in full', '3.14 foo_bar don’t', ['3.14 ', 'foo_bar ', 'don’t']],
    ['emoji, with the word before them', 'Hi 👩‍💻🙂 there', ['Hi 👩‍💻🙂 ', 'there']],
  ])('takes %s', (_, text, parts) => {
    expect(partsOf(text)).toEqual(parts);
  });

  it.each([
    ['zh', '我们去公园散步。'],
    ['ja', '今日は天気がいいです。'],
    ['th', 'สวัสดีชาวโลก'],
  ])('finds the words of languages without spaces: %s', (locale, text) => {
    const parts = partsOf(text, { locale });
    const words = [...new Intl.Segmenter(locale, { granularity: 'word' }).segment(text)];
    expect(parts).toHaveLength(words.filter(({ isWordLike }) => isWordLike).length);
    expect(parts.length).toBeGreaterThan(1);
    expect(parts.join('')).toBe(text);
  });

  it('takes one character as a reader counts it', () => {
    const characters = ['a', '🙂', '👩‍👩‍👧‍👦', 'e\u0301', '🇩🇪', '🇫🇷', '👍🏽', '한', '\r\n', 'z'];
    expect(partsOf(characters.join(''), { by: 'grapheme' })).toEqual(characters);
  });

  it.each([
    ['word', { y: '👩\u200d💻 ok' }, '-a--y--------|'],
    [
      'grapheme',
      { w: '👩\u200d💻', x: '👩\u200d💻 ', y: '👩\u200d💻 o', z: '👩\u200d💻 ok' },
      '-a--w--x--y--(z|)',
    ],
  ] as const)('joins a character whose parts arrive separately: by %s', (by, shown, expected) => {
    const texts = { a: '👩', b: '👩\u200d', c: '👩\u200d💻 ok' };
    marbles(({ cold, time, expectObservable }) => {
      const source$ = cold(' -abc---------|', texts);
      const everyMs = time(' ---|          ');
      expectObservable(source$.pipe(smoothText({ by, everyMs }))).toBe(expected, { ...texts, ...shown });
    });
  });

  it('cuts a very long word, but no character', () => {
    for (const text of ['🙂'.repeat(2_000), `x${'🙂'.repeat(2_000)}`]) {
      const parts = partsOf(text);
      expect(parts.length).toBeGreaterThan(1);
      expect(parts.flatMap((part) => [...part])).toEqual([...text]);
    }
    expect(partsOf('x'.repeat(2_000)).length).toBeGreaterThan(1);
  });

  describe('without Intl.Segmenter', () => {
    const { Segmenter } = Intl;
    beforeEach(() => Object.assign(Intl, { Segmenter: undefined }));
    afterEach(() => Object.assign(Intl, { Segmenter }));

    it('splits at spaces', () => {
      expect(partsOf('Well, "yes"  (or\n\nno)')).toEqual(['Well, ', '"yes"  ', '(or\n\n', 'no)']);
      expect(partsOf('\n one ')).toEqual(['\n one ']);
      expect(partsOf('我们去公园')).toEqual(['我们去公园']);
    });

    it('cuts no surrogate pair', () => {
      expect(partsOf('a🙂b', { by: 'grapheme' })).toEqual(['a', '🙂', 'b']);
    });
  });
});

describe('the lag of smoothText', () => {
  const words = 'word '.repeat(1_000);

  it('is bounded: steps grow until they keep up', () => {
    const steps = stepsOf(words, { everyMs: 30, lagMs: 300 });
    expect(steps.at(-1)).toEqual([240, words]);
    const lengths = steps.map(([, { length }], i) => length - (steps[i - 1]?.[1].length ?? 0));
    // Even steps, to a word.
    expect(Math.max(...lengths.slice(0, -1)) - Math.min(...lengths.slice(0, -1))).toBeLessThanOrEqual(5);
  });

  it('is not bounded when it may be infinite', () => {
    expect(stepsOf(words, { lagMs: Infinity })).toHaveLength(1_000);
  });

  it.each([
    ['0', { lagMs: 0 }],
    ['a step', { lagMs: 30 }],
    ['negative', { lagMs: -1 }],
    ['no number', { lagMs: NaN }],
    ['0, as are steps', { lagMs: 0, everyMs: 0 }],
  ])('emits the full text at each step when it may be %s', (_, options) => {
    expect(shownOf(words, options)).toEqual([words]);
  });

  it.each([0, -1, NaN])('continues without a pause when the interval is %p ms', (everyMs) => {
    expect(stepsOf('one two three', { everyMs })).toEqual([
      [0, 'one '],
      [0, 'one two '],
      [0, 'one two three'],
    ]);
  });

  it('is bounded in a hidden tab, where timers fire once a second', () => {
    class SlowAction<T> extends VirtualAction<T> {
      override schedule(state?: T, delay = 0): Subscription {
        return super.schedule(state, Math.max(delay, 1_000));
      }
    }
    const scheduler = new VirtualTimeScheduler(SlowAction);
    const steps = stepsOf(words, { everyMs: 30, lagMs: 500, scheduler });
    expect(steps).toHaveLength(2);
    expect(steps.at(-1)).toEqual([1_000, words]);
  });

  it('is made up within each burst: the next one is as even, whatever the pace and the pause before', () => {
    const scheduler = new VirtualTimeScheduler();
    const steps: Array<readonly [number, string]> = [];
    of(words, `${words}one two six `)
      .pipe(
        concatMap((text) => of(text).pipe(delay(1_000, scheduler))),
        concatWith(NEVER),
        smoothText({ everyMs: 30, lagMs: 300, scheduler }),
      )
      .subscribe((shown) => steps.push([scheduler.now(), shown]));
    scheduler.flush();
    expect(steps.slice(-4)).toEqual([
      [1_240, words],
      [2_000, `${words}one `],
      [2_030, `${words}one two `],
      [2_060, `${words}one two six `],
    ]);
  });
});

describe('any text at any time', () => {
  const piece = fc.oneof(
    fc.constantFrom('one ', 'two', ', ', '\n', ' 我们去公园', '👩‍👩‍👧‍👦', '🇩🇪', 'e\u0301', 'word '.repeat(50)),
    fc.string({ unit: 'grapheme', maxLength: 5 }),
  );
  const arrivals = fc.array(fc.tuple(fc.nat(120), piece), { minLength: 1, maxLength: 12 });
  const options = fc.record({
    by: fc.constantFrom('word' as const, 'grapheme' as const),
    everyMs: fc.integer({ min: 1, max: 60 }),
    lagMs: fc.integer({ min: 0, max: 300 }),
  });

  it('smoothText emits growing text, complete characters, within the lag, and the last text at the end', () => {
    fc.assert(
      fc.property(arrivals, options, fc.boolean(), (arrivals, options, fails) => {
        const scheduler = new VirtualTimeScheduler();
        const received: Array<readonly [at: number, text: string]> = [];
        const shown: Array<readonly [at: number, text: string]> = [];
        const text$ = from(arrivals).pipe(
          concatMap(([ms, piece]) => of(piece).pipe(delay(ms, scheduler))),
          map((piece) => (received.at(-1)?.[1] ?? '') + piece),
          tap((text) => received.push([scheduler.now(), text])),
        );
        text$
          .pipe(concatWith(fails ? throwError(() => lost) : []), smoothText({ ...options, scheduler }))
          .subscribe({ next: (text) => shown.push([scheduler.now(), text]), error: () => undefined });
        scheduler.flush();

        const endAt = received.at(-1)![0];
        expect(shown.at(-1)?.[1]).toBe(received.at(-1)?.[1]);
        shown.forEach(([at, text], i) => {
          const there = received.filter(([receivedAt]) => receivedAt <= at).at(-1)![1];
          expect(there.startsWith(text)).toBe(true);
          expect(text.startsWith(shown[i - 1]?.[1] ?? '')).toBe(true);
          expect(text.length > (shown[i - 1]?.[1].length ?? -1)).toBe(true);
          expect(isWhole(there, text.length)).toBe(true);
        });
        for (const [at, text] of received) {
          const due = at + Math.max(options.lagMs, options.everyMs);
          const then = shown.filter(([shownAt]) => shownAt <= due).at(-1)?.[1] ?? '';
          if (due < endAt) expect(then.length).toBeGreaterThanOrEqual(text.length);
        }
      }),
      { numRuns: 150 },
    );
  });
});

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Whether a text may be cut at a place without cutting what a reader counts as a character. */
const isWhole = (text: string, place: number): boolean =>
  place === text.length || graphemes.segment(text).containing(place)?.index === place;
