import fc from 'fast-check';

import { nothingAt, releaseHeld, splitText, stateAt, type ThinkingTags } from '../../lib/fold/thinking';

interface Parted {
  readonly reasoning: string;
  readonly content: string;
}

const THINK: ThinkingTags = { open: '<think>', close: '</think>' };

/** Joins the splits of all fragments of a text, with the text held back at the end. */
function parted(fragments: readonly string[], { tags = THINK, startsInside = false } = {}): Parted {
  let state = stateAt(startsInside ? 'opened' : 'start');
  let reasoning = '';
  let content = '';
  for (const fragment of fragments) {
    const split = splitText(state, fragment, tags);
    reasoning += split.reasoning;
    content += split.content;
    ({ state } = split);
  }
  const held = releaseHeld(nothingAt(state));
  return { reasoning: reasoning + held.reasoning, content: content + held.content };
}

/** Cuts a text at these places. */
function cut(text: string, places: readonly number[]): string[] {
  const ends = [...places.map((place) => place % (text.length + 1)), text.length].sort((a, b) => a - b);
  return ends.map((end, i) => text.slice(i === 0 ? 0 : ends[i - 1], end));
}

const places = fc.array(fc.nat(), { maxLength: 12 });

/** Texts full of tags, incomplete tags and blanks. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '<think>',
        '</think>',
        '<think>',
        '</think>',
        '<',
        '<th',
        '</',
        'think>',
        ' ',
        '\n',
        'Hm',
      ),
      fc.string({ maxLength: 3 }),
    ),
    { maxLength: 12 },
  )
  .map((fragments) => fragments.join(''));

/** A reference implementation with regular expressions over the complete text. */
function expected(whole: string, startsInside: boolean): Parted {
  const start = startsInside ? whole : whole.replace(/^\s*<\/think>\s*/, '');
  let inside = startsInside ? whole : /^\s*<think>([^]*)$/.exec(start)?.[1];
  if (inside === undefined) return { reasoning: '', content: start };
  let reasoning = '';
  for (let isFirst = true; ; isFirst = false) {
    const [, block = '', after = '']: ReadonlyArray<string | undefined> =
      /^(?:\s*<think>)*\s*([^]*?)(?:<\/think>\s*([^]*))?$/.exec(inside) ?? [];
    reasoning += isFirst || block === '' ? block : `\n${block}`;
    inside = /^<think>([^]*)$/.exec(after)?.[1];
    if (inside === undefined) return { reasoning, content: after };
  }
}

describe('splitText', () => {
  it.each<[what: string, text: string, reasoning: string, content: string]>([
    ['splits reasoning and answer', '<think>Hm.</think>Hello', 'Hm.', 'Hello'],
    ['drops the blanks around the tags', '\n<think>\n Hm.\n</think>\n\nHello\n', 'Hm.\n', 'Hello\n'],
    ['reads a text without tags as the answer', 'Hello', '', 'Hello'],
    ['keeps the blanks before an answer without reasoning', '\n Hello', '', '\n Hello'],
    ['finds nothing in an empty text', '', '', ''],
    ['keeps a text of blanks', ' \n', '', ' \n'],
    ['accepts empty reasoning', '<think>\n\n</think>\n\nHello', '', 'Hello'],
    ['accepts reasoning that does not end', '<think>Hm', 'Hm', ''],
    ['reads an incomplete tag as part of the answer', '<thin', '', '<thin'],
    ['… behind blanks', ' \n<', '', ' \n<'],
    ['… the thinking', '<think>Hm</thin', 'Hm</thin', ''],
    ['… the thinking, at its beginning', '<think> <thi', '<thi', ''],
    ['… the thinking, as a closing tag that comes first', '</thi', '', '</thi'],
    ['leaves tags in the answer', 'Write <think>so</think>.', '', 'Write <think>so</think>.'],
    ['leaves tags in the answer after reasoning', '<think>Hm</think>A <think> tag', 'Hm', 'A <think> tag'],
    ['reads a second block as reasoning', '<think>a</think> <think>b</think>c', 'a\nb', 'c'],
    [
      'reads blocks on lines of their own',
      '<think>\nFirst.\n</think>\n\n<think>\nSecond.\n</think>\n\nHello',
      'First.\n\nSecond.\n',
      'Hello',
    ],
    ['adds no line for an empty block', '<think>a</think><think></think><think> </think>b', 'a', 'b'],
    ['leaves a block after the answer in it', '<think>a</think>b<think>c</think>', 'a', 'b<think>c</think>'],
    ['reads a block after a stray closing tag', '</think>\n<think>a</think>b', 'a', 'b'],
    ['reads an incomplete second tag as the answer', '<think>a</think><thi', 'a', '<thi'],
    [
      'leaves an opening tag in the reasoning',
      '<think>is <think> a tag?</think>No',
      'is <think> a tag?',
      'No',
    ],
    ['reads a repeated opening tag as one', '<think>\n<think>Hm</think>No', 'Hm', 'No'],
    ['drops a closing tag at the start', '\n</think>\n\nHello', '', 'Hello'],
    ['ends the reasoning at the first closing tag', '<think>a</think>b</think>c', 'a', 'b</think>c'],
    ['compares tags with their case', '<Think>Hm</Think>', '', '<Think>Hm</Think>'],
    ['ignores other tags', '<thinking>Hm</thinking>', '', '<thinking>Hm</thinking>'],
  ])('%s', (_, whole, reasoning, content) => {
    expect(parted([whole])).toEqual({ reasoning, content });
  });

  it.each<[what: string, text: string, reasoning: string, content: string]>([
    ['needs no opening tag', '\nHm.\n</think>\n\nHello', 'Hm.\n', 'Hello'],
    ['drops an opening tag', '\n<think>\nHm.</think>Hello', 'Hm.', 'Hello'],
    ['accepts an answer without reasoning', '</think>Hello', '', 'Hello'],
    ['reads everything as reasoning if there is no closing tag', 'Hello', 'Hello', ''],
  ])('%s where the text starts inside', (_, whole, reasoning, content) => {
    expect(parted([whole], { startsInside: true })).toEqual({ reasoning, content });
  });

  it('finds the tags wherever they are cut', () => {
    const whole: string = '\n<think>\nHm < 3.</think>\n\nHello <b>';
    for (let at = 0; at <= whole.length; at += 1) {
      expect(parted(cut(whole, [at]))).toEqual({ reasoning: 'Hm < 3.', content: 'Hello <b>' });
    }
    expect(parted([...whole])).toEqual({ reasoning: 'Hm < 3.', content: 'Hello <b>' });
  });

  it('does not depend on where the text is cut', () => {
    fc.assert(
      fc.property(text, places, fc.boolean(), (whole, at, startsInside) => {
        expect(parted(cut(whole, at), { startsInside })).toEqual(expected(whole, startsInside));
      }),
      { numRuns: 2_000 },
    );
  });

  it('does not depend on where the text is cut, for any tags', () => {
    const letters = fc.string({ unit: fc.constantFrom('<', 'a', 'b', ' '), maxLength: 4 });
    const tags = fc.record({ open: letters, close: letters });
    const whole = fc.string({ unit: fc.constantFrom('<', 'a', 'b', ' '), maxLength: 20 });
    fc.assert(
      fc.property(tags, whole, places, fc.boolean(), (tags, whole, at, startsInside) => {
        expect(parted(cut(whole, at), { tags, startsInside })).toEqual(
          parted([whole], { tags, startsInside }),
        );
      }),
      { numRuns: 2_000 },
    );
  });

  it('holds back only text that may become a tag', () => {
    fc.assert(
      fc.property(text, places, (whole, at) => {
        let state = stateAt('start');
        let seen = '';
        for (const fragment of cut(whole, at)) {
          ({ state } = splitText(state, fragment, THINK));
          seen += fragment;
          expect(state.held.length).toBeLessThan(THINK.close.length);
          expect(seen.endsWith(state.held)).toBe(true);
          expect([THINK.open, THINK.close].some((tag) => tag.startsWith(state.held))).toBe(true);
        }
      }),
    );
  });

  it('emits reasoning as it arrives', () => {
    const state = stateAt('thinking');
    expect(splitText(state, 'Hm, a < b', THINK).reasoning).toBe('Hm, a < b');
    expect(splitText(state, 'Hm <', THINK)).toEqual({
      reasoning: 'Hm ',
      content: '',
      state: { at: 'thinking', held: '<', blanks: '' },
    });
  });

  it('accepts a text of blocks alone', () => {
    const { reasoning, content } = parted(['<think>a</think>'.repeat(50_000)]);
    expect([reasoning.length, content]).toEqual([99_999, '']);
  });

  it('accepts a text of opening tags alone', () => {
    expect(parted([THINK.open.repeat(100_000)])).toEqual({ reasoning: '', content: '' });
  });
});

describe('releaseHeld', () => {
  it('releases text that looked like a tag', () => {
    const released = releaseHeld(splitText(stateAt('start'), ' <thi', THINK));
    expect(released).toEqual({ reasoning: '', content: ' <thi', state: stateAt('answer') });
    expect(splitText(released.state, 'nk>', THINK).content).toBe('nk>');
  });

  it('continues reasoning', () => {
    const released = releaseHeld(splitText(stateAt('thinking'), 'Hm</', THINK));
    expect(released).toEqual({ reasoning: 'Hm</', content: '', state: stateAt('thinking') });
  });

  it('starts reasoning with text that looked like a second opening tag', () => {
    const released = releaseHeld(splitText(stateAt('opened'), '\n<thi', THINK));
    expect(released).toEqual({ reasoning: '<thi', content: '', state: stateAt('thinking') });
  });

  it('returns the split itself if nothing is held back', () => {
    const split = splitText(stateAt('start'), '<think>', THINK);
    expect(releaseHeld(split)).toBe(split);
  });
});
