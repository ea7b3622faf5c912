import fc from 'fast-check';

import { EventParser } from '../../lib/sse/events';
import type { EventRules, ServerSentEvent } from '../../lib/sse/ServerSentEvent';
import { LimitError } from '../../lib/errors';
import { eventStreamText } from '../helpers/arbitraries';
import { comparable } from '../helpers/marbles';

const strict: EventRules = { line: 1_000, event: 1_000, keepIncomplete: false, lenient: false };

/** Returns the events of fragments of text, a list for each fragment and one for the end. */
function eventsOfTexts(
  texts: readonly string[],
  rules: EventRules = strict,
): ReadonlyArray<ReadonlyArray<ServerSentEvent | LimitError>> {
  const parser = new EventParser(rules);
  const lists = texts.map((text) => parser.take(text));
  return [...lists, parser.end('')];
}

/** Returns the events of these lines in one fragment. */
const eventsOf = (
  lines: readonly string[],
  rules: EventRules = strict,
): ReadonlyArray<ServerSentEvent | LimitError> => eventsOfTexts([linesOf(lines)], rules).flat();

const linesOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

const message = (data: string, rest: Partial<ServerSentEvent> = {}): ServerSentEvent => ({
  event: 'message',
  data,
  id: '',
  ...rest,
});

describe('EventParser', () => {
  it('returns the events that ended in each fragment of text', () => {
    const texts = ['data: 1\n\ndata: 2\n', '', 'data', ': 3\n\n'];
    expect(eventsOfTexts(texts)).toEqual([[message('1')], [], [], [message('2\n3')], []]);
  });

  it('returns no events without lines', () => {
    expect(eventsOf([])).toEqual([]);
  });

  describe('ends an event at a blank line', () => {
    it('and drops an unfinished one at the end of the body', () => {
      expect(eventsOf(['data: 1', '', 'data: 2'])).toEqual([message('1')]);
    });

    it('and ignores further blank lines', () => {
      expect(eventsOf(['', '', 'data: 1', '', '', '', 'data: 2', '', ''])).toEqual([
        message('1'),
        message('2'),
      ]);
    });

    it('and ignores a block without data', () => {
      expect(eventsOf(['event: ping', '', ': hello', '', 'data: 1', ''])).toEqual([message('1')]);
    });
  });

  describe('reads a line', () => {
    it('that starts with a colon as a comment', () => {
      expect(eventsOf([':', ': data: 0', ':data: 0', 'data: 1', ': in the middle', ''])).toEqual([
        message('1'),
      ]);
    });

    it.each([
      ['data: x', 'x'],
      ['data:x', 'x'],
      ['data:  x', ' x'],
      ['data:\tx', '\tx'],
      ['data: x ', 'x '],
      ['data: a: b', 'a: b'],
      ['data: :', ':'],
      ['data:\u00a0x', '\u00a0x'],
      ['data: x\0y', 'x\0y'],
    ])('%j by its first colon, without one space after it', (line, data) => {
      expect(eventsOf([line, ''])).toEqual([message(data)]);
    });

    it('without a colon as a field without a value', () => {
      expect(eventsOf(['data', '', 'data', 'data', '', 'data:'])).toEqual([message(''), message('\n')]);
    });

    it('of an unknown field as nothing', () => {
      const lines = [
        'Data: 0',
        'DATA: 0',
        ' data: 0',
        'data : 0',
        'dat: 0',
        'datas: 0',
        '\uFEFFdata: 0',
        'x',
      ];
      expect(eventsOf([...lines, '', 'data: 1', ''])).toEqual([message('1')]);
    });

    it('of prototype keys as nothing', () => {
      expect(eventsOf(['__proto__: x', 'constructor: x', 'toString', 'data: 1', ''])).toEqual([message('1')]);
    });
  });

  it('joins data lines by LF', () => {
    expect(eventsOf(['data: 1', 'data', 'data: 3', ''])).toEqual([message('1\n\n3')]);
    expect(eventsOf(['data:', 'data:', ''])).toEqual([message('\n')]);
  });

  describe('names an event', () => {
    it('by its last event field', () => {
      expect(eventsOf(['event: a', 'data: 1', 'event: b', ''])).toEqual([message('1', { event: 'b' })]);
    });

    it('message if the field is empty or missing', () => {
      expect(eventsOf(['event: a', 'event:', 'data: 1', '', 'data: 2', ''])).toEqual([
        message('1'),
        message('2'),
      ]);
    });

    it('for one block only, also without data', () => {
      expect(eventsOf(['event: a', 'data: 1', '', 'data: 2', ''])).toEqual([
        message('1', { event: 'a' }),
        message('2'),
      ]);
      expect(eventsOf(['event: a', '', 'data: 2', ''])).toEqual([message('2')]);
    });
  });

  describe('keeps an id', () => {
    it('for the events after it, until another id', () => {
      expect(eventsOf(['id: 7', 'data: 1', '', 'data: 2', '', 'id', 'data: 3', ''])).toEqual([
        message('1', { id: '7' }),
        message('2', { id: '7' }),
        message('3'),
      ]);
    });

    it('of a block without data', () => {
      expect(eventsOf(['id: 7', '', 'data: 1', ''])).toEqual([message('1', { id: '7' })]);
    });

    it('across fragments', () => {
      const texts = ['id: 7\n', '\ndata: 1\n\n', 'data: 2\n\n'];
      expect(eventsOfTexts(texts).flat()).toEqual([message('1', { id: '7' }), message('2', { id: '7' })]);
    });

    it('and ignores one with a NUL', () => {
      expect(eventsOf(['id: 7', 'id: 8\0', 'data: 1', ''])).toEqual([message('1', { id: '7' })]);
    });
  });

  describe('reads a reconnection time', () => {
    it('of ASCII digits', () => {
      expect(eventsOf(['retry: 250', 'data: 1', '', 'retry: 0', 'data: 2', '', 'data: 3', ''])).toEqual([
        message('1', { retry: 250 }),
        message('2', { retry: 0 }),
        message('3'),
      ]);
    });

    it.each([
      'retry',
      'retry:',
      'retry: 1.5',
      'retry: -1',
      'retry: +1',
      'retry: 1e3',
      'retry: 0x1',
      'retry:  1',
      'retry: 1s',
      'retry: ٣',
    ])('and none out of %j', (line) => {
      expect(eventsOf(['retry: 250', line, 'data: 1', ''])).toEqual([message('1', { retry: 250 })]);
      expect(eventsOf([line, 'data: 1', ''])).toEqual([message('1')]);
    });

    it('of a block without data, with the event after it', () => {
      expect(eventsOf(['retry: 250', '', 'data: 1', '', 'data: 2', ''])).toEqual([
        message('1', { retry: 250 }),
        message('2'),
      ]);
    });
  });

  describe('with keepIncomplete', () => {
    const rules = { ...strict, keepIncomplete: true };

    it('marks a last event without its blank line', () => {
      expect(eventsOf(['data: 1', '', 'event: a', 'id: 7', 'data: 2'], rules)).toEqual([
        message('1'),
        message('2', { event: 'a', id: '7', incomplete: true }),
      ]);
    });

    it('marks no finished event', () => {
      expect(eventsOf(['data: 1', ''], rules)).toEqual([message('1')]);
    });

    it('ignores fields without data', () => {
      expect(eventsOf(['event: a', 'id: 7', 'retry: 1', ': x'], rules)).toEqual([]);
    });

    it('reads a last line without its line break', () => {
      expect(eventsOfTexts(['data: 1\n\nda', 'ta: 2'], rules).flat()).toEqual([
        message('1'),
        message('2', { incomplete: true }),
      ]);
    });
  });

  describe('with lenient', () => {
    const rules = { ...strict, lenient: true };

    it('reads a field named error as an event of that name, which the standard ignores', () => {
      expect(eventsOf(['error: {"detail":"no"}', ''])).toEqual([]);
      expect(eventsOf(['error: {"detail":"no"}', ''], rules)).toEqual([
        message('{"detail":"no"}', { event: 'error' }),
      ]);
    });

    it.each(['{"error":"no"}', '{ "error" : {} }'])('reads the line %s as such an event', (json) => {
      expect(eventsOf([json, ''])).toEqual([]);
      expect(eventsOf([json, ''], rules)).toEqual([message(json, { event: 'error' })]);
    });

    it('reads one in the middle of a stream, and one that ends the body without its blank line', () => {
      const lines = ['data: 1', '', 'error: no', '', 'data: 2', '', '{"error":"no"}'];
      expect(eventsOf(lines)).toEqual([message('1'), message('2')]);
      expect(eventsOf(lines, { ...rules, keepIncomplete: true })).toEqual([
        message('1'),
        message('no', { event: 'error' }),
        message('2'),
        message('{"error":"no"}', { event: 'error', incomplete: true }),
      ]);
    });

    it('drops a byte order mark before a field', () => {
      const marked = ['\uFEFFdata: 1', '\uFEFF', '', '\uFEFFevent: a', 'data: 2', ''];
      expect(eventsOf(marked)).toEqual([message('2')]);
      expect(eventsOf(marked, rules)).toEqual([message('1'), message('2', { event: 'a' })]);
    });

    it('drops blanks before a field, such as those of a proxy that waits', () => {
      const spaced = ['data: 1', '', '   data: 2', '', ' \t : 3', '\tdata: 4 ', ''];
      expect(eventsOf(spaced)).toEqual([message('1')]);
      expect(eventsOf(spaced, rules)).toEqual([message('1'), message('2'), message('4 ')]);
    });

    it('separates objects on consecutive data lines, which no JSON has', () => {
      const lines = ['data: {"a":{}}', 'data:{}', 'data: [DONE]'];
      expect(eventsOf([...lines, ''])).toEqual([message('{"a":{}}\n{}\n[DONE]')]);
      expect(eventsOf(lines, { ...rules, keepIncomplete: true })).toEqual([
        message('{"a":{}}'),
        message('{}'),
        message('[DONE]', { incomplete: true }),
      ]);
    });

    it('joins the data lines of one JSON value', () => {
      const lines = JSON.stringify({ a: [{ b: {} }, { c: [] }] }, null, 1).split('\n');
      expect(eventsOf([...lines.map((line) => `data: ${line}`), ''], rules)).toEqual([
        message(lines.join('\n')),
      ]);
    });
  });

  describe('with a limit of 16', () => {
    const rules = { ...strict, event: 16 };
    const eight = 'data: 12345678';

    it('allows as much data', () => {
      expect(eventsOf(['data: 1234567890123456', ''], rules)).toEqual([message('1234567890123456')]);
    });

    it('counts the LF between data lines', () => {
      expect(eventsOf(['data: 1234567', eight, ''], rules)).toEqual([message('1234567\n12345678')]);
      expect(comparable(eventsOf([eight, eight, ''], rules))).toEqual(
        comparable([new LimitError('event', 16)]),
      );
    });

    it('returns an error after the good events of the same read, and nothing after it', () => {
      const lines = ['data: 1', '', eight, eight, '', 'data: 2', ''];
      expect(comparable(eventsOf(lines, rules))).toEqual(
        comparable([message('1'), new LimitError('event', 16)]),
      );
    });

    it('returns nothing after the error of an event that an earlier read began', () => {
      const events = eventsOfTexts([`${eight}\n`, `${eight}\n\ndata: 2\n\n`], rules);
      expect(comparable(events.flat())).toEqual(comparable([new LimitError('event', 16)]));
    });

    it('counts an event in many fragments', () => {
      const events = eventsOfTexts([`${eight}\n`, '', `${eight}\n`, '\n'], rules);
      expect(comparable(events.flat())).toEqual(comparable([new LimitError('event', 16)]));
      expect(events.map((each) => each.length)).toEqual([0, 0, 1, 0, 0]);
    });

    it('counts each event by itself', () => {
      expect(eventsOf([eight, '', eight, '', eight, ''], rules)).toHaveLength(3);
    });

    it('does not count names, ids and comments', () => {
      const long = 'x'.repeat(20);
      expect(eventsOf([`: ${long}`, `event: ${long}`, `id: ${long}`, 'data: 1', ''], rules)).toEqual([
        message('1', { event: long, id: long }),
      ]);
    });
  });

  it('returns an error in place of a line over its limit, and nothing after it', () => {
    const rules = { ...strict, line: 16 };
    const long = `data: ${'x'.repeat(16)}`;
    const outcome = comparable([message('1'), new LimitError('line', 16)]);
    expect(comparable(eventsOf(['data: 1', '', 'data: 2', long, '', 'data: 3', ''], rules))).toEqual(outcome);
    expect(
      comparable(eventsOfTexts(['data: 1\n\n', long], { ...rules, keepIncomplete: true }).flat()),
    ).toEqual(outcome);
  });

  it('does not change the events that it has returned', () => {
    const parser = new EventParser(strict);
    const first = parser.take('data: 1\n\n');
    parser.take('data: 2\n\n');
    parser.end('data: 3\n\n');
    expect(first).toEqual([message('1')]);
  });

  it('parses the last text', () => {
    expect(new EventParser(strict).end('data: 1\n\n')).toEqual([message('1')]);
  });
});

describe('the shortcut for usual events', () => {
  const usual = fc.string({ maxLength: 12 }).map((text) => `data: ${text.replace(/[\r\n]/g, '')}\n\n`);
  const text = fc.array(fc.oneof(usual, eventStreamText), { maxLength: 8 }).map((parts) => parts.join(''));
  const cutText = fc.tuple(text, fc.array(fc.nat(200), { maxLength: 6 })).map(([all, places]) => {
    const at = [0, ...places.filter((place) => place < all.length).sort((a, b) => a - b), all.length];
    return at.slice(1).map((end, i) => all.slice(at[i], end));
  });
  /** Up to the error of a limit, which ends a stream. */
  const untilError = (
    events: ReadonlyArray<ServerSentEvent | LimitError>,
  ): ReadonlyArray<ServerSentEvent | LimitError> => {
    const at = events.findIndex((event) => event instanceof LimitError);
    return at === -1 ? events : events.slice(0, at + 1);
  };

  it.each([
    ['no limit near', strict],
    ['a limit of 12 for lines', { ...strict, line: 12 }],
    [
      'a limit of 4 for events, and the deviations',
      { ...strict, event: 4, keepIncomplete: true, lenient: true },
    ],
  ])('returns what the parser returns, wherever the text is cut, with %s', (_, rules) => {
    fc.assert(
      fc.property(cutText, (texts) => {
        // No event is usual for a parser that is fed single characters.
        const characters = Array.from(texts.join(''), (character) => character);
        const [cut, single] = [texts, characters].map((each) =>
          untilError(eventsOfTexts(each, rules).flat()),
        );
        expect(comparable(cut)).toEqual(comparable(single));
      }),
      { numRuns: 1_000 },
    );
  });
});
