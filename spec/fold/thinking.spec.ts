import fc from 'fast-check';

import { nothingAt, releaseHeld, splitText, stateAt, type ThinkingTags } from '../../lib/fold/thinking';

interface Parted {
  readonly reasoning: string;
  readonly content: string;
}

const THINK: ThinkingTags = { open: '<think>', close: '</think>' };

/** What pieces of a text add up to, with what is held back at the end. */
function parted(pieces: readonly string[], { tags = THINK, startsInside = false } = {}): Parted {
  let state = stateAt(startsInside ? 'opened' : 'start');
  let reasoning = '';
  let content = '';
  for (const piece of pieces) {
    const split = splitText(state, piece, tags);
    reasoning += split.reasoning;
    content += split.content;
    ({ state } = split);
  }
  const held = releaseHeld(nothingAt(state));
  return { reasoning: reasoning + held.reasoning, content: content + held.content };
}

/** A text in pieces that end at these places. */
function cut(text: string, places: readonly number[]): string[] {
  const ends = [...places.map((place) => place % (text.length + 1)), text.length].sort((a, b) => a - b);
  return ends.map((end, i) => text.slice(i === 0 ? 0 : ends[i - 1], end));
}

const places = fc.array(fc.nat(), { maxLength: 12 });

/** Texts that are full of tags, halves of tags and blanks. */
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
  .map((pieces) => pieces.join(''));

/** The same, said in regular expressions and of the whole text. */
function expected(whole: string, startsInside: boolean): Parted {
  const inside = startsInside ? whole : /^\s*<think>([^]*)$/.exec(whole)?.[1];
  if (inside === undefined) return { reasoning: '', content: whole.replace(/^\s*<\/think>\s*/, '') };
  const [, thinking = '', answer = ''] =
    /^(?:\s*<think>)*\s*([^]*?)(?:<\/think>\s*([^]*))?$/.exec(inside) ?? [];
  return { reasoning: thinking, content: answer };
}

describe('splitText', () => {
  it.each<[what: string, text: string, reasoning: string, content: string]>([
    ['parts thinking and answer', '<think>Hm.</think>Hello', 'Hm.', 'Hello'],
    ['drops the blanks around the tags', '\n<think>\n Hm.\n</think>\n\nHello\n', 'Hm.\n', 'Hello\n'],
    ['takes a text without tags for the answer', 'Hello', '', 'Hello'],
    ['keeps the blanks before an answer without thinking', '\n Hello', '', '\n Hello'],
    ['finds nothing in an empty text', '', '', ''],
    ['keeps a text of blanks', ' \n', '', ' \n'],
    ['takes thinking that says nothing', '<think>\n\n</think>\n\nHello', '', 'Hello'],
    ['takes thinking that does not end', '<think>Hm', 'Hm', ''],
    ['takes a tag that does not end for what it stands in: the answer', '<thin', '', '<thin'],
    ['… behind blanks', ' \n<', '', ' \n<'],
    ['… the thinking', '<think>Hm</thin', 'Hm</thin', ''],
    ['… the thinking, at its beginning', '<think> <thi', '<thi', ''],
    ['… the thinking, as a closing tag that comes first', '</thi', '', '</thi'],
    ['leaves tags in the answer', 'Write <think>so</think>.', '', 'Write <think>so</think>.'],
    [
      'leaves tags in the answer that follows thinking',
      '<think>Hm</think>A <think> tag',
      'Hm',
      'A <think> tag',
    ],
    ['leaves a second thinking in the answer', '<think>a</think> <think>b</think>', 'a', '<think>b</think>'],
    [
      'leaves an opening tag in the thinking',
      '<think>is <think> a tag?</think>No',
      'is <think> a tag?',
      'No',
    ],
    ['takes an opening tag that comes twice for one', '<think>\n<think>Hm</think>No', 'Hm', 'No'],
    ['drops a closing tag that comes first', '\n</think>\n\nHello', '', 'Hello'],
    ['ends the thinking at the first closing tag', '<think>a</think>b</think>c', 'a', 'b</think>c'],
    ['knows the tags by their case', '<Think>Hm</Think>', '', '<Think>Hm</Think>'],
    ['takes no other tag for one', '<thinking>Hm</thinking>', '', '<thinking>Hm</thinking>'],
  ])('%s', (_, whole, reasoning, content) => {
    expect(parted([whole])).toEqual({ reasoning, content });
  });

  it.each<[what: string, text: string, reasoning: string, content: string]>([
    ['takes the opening tag for granted', '\nHm.\n</think>\n\nHello', 'Hm.\n', 'Hello'],
    ['takes it when it comes all the same', '\n<think>\nHm.</think>Hello', 'Hm.', 'Hello'],
    ['takes an answer at once', '</think>Hello', '', 'Hello'],
    ['takes all for thinking when nothing closes it', 'Hello', 'Hello', ''],
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

  it('says the same of a text however it is cut', () => {
    fc.assert(
      fc.property(text, places, fc.boolean(), (whole, at, startsInside) => {
        expect(parted(cut(whole, at), { startsInside })).toEqual(expected(whole, startsInside));
      }),
      { numRuns: 2_000 },
    );
  });

  it('says the same of a text however it is cut, whatever the tags are', () => {
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

  it('holds back no more than may still become a tag', () => {
    fc.assert(
      fc.property(text, places, (whole, at) => {
        let state = stateAt('start');
        let seen = '';
        for (const piece of cut(whole, at)) {
          ({ state } = splitText(state, piece, THINK));
          seen += piece;
          expect(state.held.length).toBeLessThan(THINK.close.length);
          expect(seen.endsWith(state.held)).toBe(true);
          expect([THINK.open, THINK.close].some((tag) => tag.startsWith(state.held))).toBe(true);
        }
      }),
    );
  });

  it('shows a thinking as it comes', () => {
    const state = stateAt('thinking');
    expect(splitText(state, 'Hm, a < b', THINK).reasoning).toBe('Hm, a < b');
    expect(splitText(state, 'Hm <', THINK)).toEqual({
      reasoning: 'Hm ',
      content: '',
      state: { at: 'thinking', held: '<', blanks: '' },
    });
  });

  it('takes a text that is nothing but opening tags', () => {
    expect(parted([THINK.open.repeat(100_000)])).toEqual({ reasoning: '', content: '' });
  });
});

describe('releaseHeld', () => {
  it('goes on with the text that was taken for a tag', () => {
    const released = releaseHeld(splitText(stateAt('start'), ' <thi', THINK));
    expect(released).toEqual({ reasoning: '', content: ' <thi', state: stateAt('answer') });
    expect(splitText(released.state, 'nk>', THINK).content).toBe('nk>');
  });

  it('goes on with a thinking', () => {
    const released = releaseHeld(splitText(stateAt('thinking'), 'Hm</', THINK));
    expect(released).toEqual({ reasoning: 'Hm</', content: '', state: stateAt('thinking') });
  });

  it('begins a thinking with the text that was taken for a second opening tag', () => {
    const released = releaseHeld(splitText(stateAt('opened'), '\n<thi', THINK));
    expect(released).toEqual({ reasoning: '<thi', content: '', state: stateAt('thinking') });
  });

  it('leaves everything as it is where nothing is held back', () => {
    const split = splitText(stateAt('start'), '<think>', THINK);
    expect(releaseHeld(split)).toBe(split);
  });
});
