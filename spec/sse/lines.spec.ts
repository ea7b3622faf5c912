import fc from 'fast-check';

import { splitLines, emptyLine } from '../../lib/sse/lines';
import { LimitError } from '../../lib/errors';
import { eventStreamText } from '../helpers/arbitraries';
import { comparable } from '../helpers/marbles';

const AMPLE = 1_000;

/** Returns the lines of fragments of text, a list for each fragment and one for the unfinished line. */
function linesOf(
  fragments: readonly string[],
  limit = AMPLE,
): ReadonlyArray<ReadonlyArray<string | LimitError>> {
  let open = emptyLine;
  const lists = fragments.map((fragment) => {
    const lines: Array<string | LimitError> = [];
    open = splitLines(open, fragment, limit, { onLine: (line) => lines.push(line) > 0 });
    return lines;
  });
  return [...lists, open.text === '' ? [] : [open.text]];
}

describe('splitLines', () => {
  it('returns the lines that ended in each fragment of text', () => {
    expect(linesOf(['one\ntwo\nth', 'ree\n'])).toEqual([['one', 'two'], ['three'], []]);
  });

  it.each([
    ['LF', 'a\nb\n', ['a', 'b']],
    ['CR', 'a\rb\r', ['a', 'b']],
    ['CRLF', 'a\r\nb\r\n', ['a', 'b']],
    ['all three, mixed', 'a\nb\rc\r\nd\n', ['a', 'b', 'c', 'd']],
    ['LF before CR', 'a\n\rb\n', ['a', '', 'b']],
    ['CR before CRLF', 'a\r\r\nb\n', ['a', '', 'b']],
    ['CRLF before LF', 'a\r\n\nb\n', ['a', '', 'b']],
    ['a CR after many LF', 'a\nb\nc\nd\re\r\n', ['a', 'b', 'c', 'd', 'e']],
    ['an LF after many CR', 'a\rb\rc\rd\ne\n', ['a', 'b', 'c', 'd', 'e']],
    ['line breaks alone', '\n\r\r\n\n', ['', '', '', '']],
  ])('ends a line at %s', (_, text, lines) => {
    expect(linesOf([text])).toEqual([lines, []]);
    expect(linesOf([...text]).flat()).toEqual(lines);
  });

  it.each(['\u0085', '\u2028', '\u2029', '\v', '\f', '\0'])('reads %j as part of the line', (other) => {
    expect(linesOf([`a${other}b\n`])).toEqual([[`a${other}b`], []]);
  });

  it('reads a CRLF that is split across two fragments as one line break', () => {
    expect(linesOf(['a\r', '\nb\n'])).toEqual([['a'], ['b'], []]);
  });

  it('ends a line at CR at once, without waiting for an LF', () => {
    expect(linesOf(['a\r'])).toEqual([['a'], []]);
  });

  it('starts a line after a CR without an LF', () => {
    expect(linesOf(['a\r', 'b', '\nc\n'])).toEqual([['a'], [], ['b', 'c'], []]);
  });

  it('joins CR and LF across an empty fragment', () => {
    expect(linesOf(['a\r', '', '\nb\n'])).toEqual([['a'], [], ['b'], []]);
  });

  it('joins a line in many fragments', () => {
    expect(linesOf(['a', 'b', 'c', '\n'])).toEqual([[], [], [], ['abc'], []]);
  });

  it('returns a last line without a line break at the end', () => {
    expect(linesOf(['a\nb'])).toEqual([['a'], ['b']]);
  });

  it('has no lines in an empty body', () => {
    expect(linesOf([])).toEqual([[]]);
  });

  it('allows a line of exactly the limit', () => {
    const line = 'x'.repeat(16);
    expect(linesOf([`${line}\n`], 16)).toEqual([[line], []]);
    expect(linesOf([line.slice(0, 9), line.slice(9), '\n'], 16).flat()).toEqual([line]);
    expect(linesOf([line], 16)).toEqual([[], [line]]);
  });

  it.each([
    ['whole', ['short\n', `${'x'.repeat(17)}\nafter\n`]],
    ['unfinished', ['short\n', 'x'.repeat(17)]],
    ['in fragments', ['short\n', 'x'.repeat(9), 'x'.repeat(8)]],
    ['after a good line of the same fragment', [`short\n${'x'.repeat(17)}\nafter\n`]],
  ])('returns an error in place of a line over the limit: %s', (_, fragments) => {
    const lines = linesOf(fragments, 16).flat();
    expect(comparable(lines)).toEqual(comparable(['short', new LimitError('line', 16)]));
  });

  it('measures a line without its line break, in UTF-16 code units', () => {
    expect(linesOf(['🙂🙂\r\n'], 4).flat()).toEqual(['🙂🙂']);
    expect(linesOf(['🙂🙂\r\n'], 3).flat()).toEqual([expect.any(LimitError)]);
  });

  it('returns the same lines wherever the text is cut', () => {
    const textAndCuts = eventStreamText.chain((text) =>
      fc.tuple(fc.constant(text), fc.array(fc.nat(text.length), { maxLength: 12 })),
    );
    fc.assert(
      fc.property(textAndCuts, fc.integer({ min: 1, max: 40 }), ([text, places], limit) => {
        const ends = [...places, text.length].sort((a, b) => a - b);
        const fragments = ends.map((end, i) => text.slice(ends[i - 1] ?? 0, end));
        const untilError = (lines: ReadonlyArray<string | LimitError>): unknown => {
          const at = lines.findIndex((line) => typeof line !== 'string');
          return comparable(at === -1 ? lines : lines.slice(0, at + 1));
        };
        expect(untilError(linesOf(fragments, limit).flat())).toEqual(
          untilError(linesOf([text], limit).flat()),
        );
      }),
    );
  });

  it('agrees with a split of the complete text', () => {
    fc.assert(
      fc.property(eventStreamText, (text) => {
        const lines = text.split(/\r\n|\n|\r/);
        if (lines.at(-1) === '') lines.pop();
        expect(linesOf([...text]).flat()).toEqual(lines);
      }),
    );
  });

  it('reads a line of 1 Mi in fragments of 7', () => {
    const text = 'x'.repeat(2 ** 20);
    const fragments = Array.from({ length: Math.ceil(text.length / 7) }, (_, i) =>
      text.slice(i * 7, i * 7 + 7),
    );
    expect(linesOf([...fragments, '\n'], 2 ** 20).flat()).toEqual([text]);
  });

  it('stops when the handler accepts no more lines', () => {
    const lines: unknown[] = [];
    const open = splitLines(emptyLine, 'a\nb\nc', AMPLE, { onLine: (line) => lines.push(line) < 2 });
    expect(lines).toEqual(['a', 'b']);
    expect(open).toEqual(emptyLine);
  });

  it('does not mutate its arguments', () => {
    const before = Object.freeze(splitLines(emptyLine, 'a\nb', AMPLE, { onLine: () => true }));
    expect(before).toEqual({ text: 'b', afterCR: false });
    const take = jest.fn(() => true);
    splitLines(before, 'c\n', AMPLE, { onLine: take });
    expect(take).toHaveBeenCalledWith('bc');
    expect(before).toEqual({ text: 'b', afterCR: false });
    expect(emptyLine).toEqual({ text: '', afterCR: false });
  });

  it('remembers a CR at the end of the text', () => {
    expect(splitLines(emptyLine, 'a\r', AMPLE, { onLine: () => true })).toEqual({ text: '', afterCR: true });
  });
});
