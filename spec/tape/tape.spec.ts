import fc from 'fast-check';

import { tapeOf, tapeText, type Tape } from '../../lib/tape/tape';
import { toBytes, toTapeRead } from '../../lib/tape/tapeRead';
import { rawBytesOf } from '../../lib/testing/wire/wire';

const utf8 = (text: string): number[] => [...rawBytesOf(text)];
const record = (bytes: readonly number[]) => toTapeRead(0, new Uint8Array(bytes));

const tape: Tape = {
  version: 1,
  request: { method: 'POST', path: '/v1/chat/completions' },
  head: { ms: 210, status: 200, headers: { 'content-type': 'text/event-stream' } },
  reads: [
    { ms: 35, text: 'data: {"a":1}\n\n' },
    { ms: 2, begins: 'bc', text: 'rich' },
  ],
  end: { ms: 0 },
};

describe('a read on a tape', () => {
  it('is text', () => {
    expect(record(utf8('Zürich 🌊\n'))).toEqual({ ms: 0, text: 'Zürich 🌊\n' });
    expect(record([])).toEqual({ ms: 0, text: '' });
    expect(record(utf8('\uFEFFdata'))).toEqual({ ms: 0, text: '\uFEFFdata' });
  });

  it('is text and the bytes of the characters that it splits', () => {
    const wave = utf8('a🌊b');
    expect(record(wave.slice(0, 2))).toEqual({ ms: 0, text: 'a', ends: 'f0' });
    expect(record(wave.slice(0, 4))).toEqual({ ms: 0, text: 'a', ends: 'f09f8c' });
    expect(record(wave.slice(2))).toEqual({ ms: 0, begins: '9f8c8a', text: 'b' });
    expect(record(wave.slice(3, 4))).toEqual({ ms: 0, begins: '8c' });
    expect(record(wave.slice(1, 2))).toEqual({ ms: 0, ends: 'f0' });
    expect(record([0xbc, 0x61, 0xc3])).toEqual({ ms: 0, begins: 'bc', text: 'a', ends: 'c3' });
  });

  it('is base64 if it is not text', () => {
    expect(record([0xff, 0x00, 0x61])).toEqual({ ms: 0, base64: '/wBh' });
    expect(record([0x80, 0x80, 0x80, 0x80])).toEqual({ ms: 0, base64: 'gICAgA==' });
    // A surrogate, which is not valid UTF-8.
    expect(record([0x61, 0xed, 0xa0, 0x80, 0x61])).toEqual({ ms: 0, base64: 'Ye2ggGE=' });
  });

  it('converts back to the same bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect([...toBytes(toTapeRead(0, bytes))]).toEqual([...bytes]);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is never base64 for text, wherever it is split', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 20 });
    fc.assert(
      fc.property(text, fc.nat(60), fc.nat(60), (string, a, b) => {
        const bytes = rawBytesOf(string).slice(Math.min(a, b), Math.max(a, b));
        const read = toTapeRead(7, bytes);
        expect(read.base64).toBeUndefined();
        expect([...toBytes(read)]).toEqual([...bytes]);
      }),
      { numRuns: 2_000 },
    );
  });

  it('may be longer than the argument limit of a function', () => {
    const bytes = new Uint8Array(400_000).fill(0xff);
    expect(toBytes(toTapeRead(0, bytes))).toHaveLength(bytes.length);
    expect(toBytes({ ms: 0, text: 'a'.repeat(400_000) })).toHaveLength(400_000);
  });
});

describe('tapeText', () => {
  it('is JSON with one line for each read', () => {
    const text = tapeText(tape);
    expect(JSON.parse(text)).toEqual(tape);
    expect(text.split('\n').filter((line) => line.startsWith('    {'))).toEqual([
      String.raw`    {"ms":35,"text":"data: {\"a\":1}\n\n"},`,
      '    {"ms":2,"begins":"bc","text":"rich"}',
    ]);
    expect(text.endsWith('\n}\n')).toBe(true);
  });

  it('changes by one line when a read changes', () => {
    const [first, ...rest] = tape.reads;
    const other = { ...tape, reads: [{ ...first!, ms: 36 }, ...rest] };
    const lines = tapeText(tape).split('\n');
    expect(
      tapeText(other)
        .split('\n')
        .filter((line, at) => line !== lines[at]),
    ).toHaveLength(1);
  });

  it('formats a tape without reads, head or end', () => {
    const nothing: Tape = { ...tape, head: null, reads: [], end: null };
    expect(JSON.parse(tapeText(nothing))).toEqual(nothing);
  });

  it('does not depend on the order of fields', () => {
    const { end, reads, head, request, version } = tape;
    expect(tapeText({ end, reads, head, request, version })).toBe(tapeText(tape));
  });
});

describe('tapeOf', () => {
  it('returns a valid tape', () => {
    expect(tapeOf(tape)).toBe(tape);
    const failed = { ...tape, head: null, reads: [], end: { ms: 3, error: { message: 'no' } } };
    expect(tapeOf(failed)).toBe(failed);
  });

  const withFields = (change: object): unknown => ({ ...tape, ...change });
  const withRead = (read: unknown): unknown => withFields({ reads: [tape.reads[0], read] });
  const withHead = (change: object): unknown => withFields({ head: { ...tape.head, ...change } });

  it.each([
    ['a string', '{}', 'it is not an object'],
    ['an array', [tape], 'it is not an object'],
    ['null', null, 'it is not an object'],
    ['another JSON', {}, 'version is missing'],
    [
      'a tape of another version',
      withFields({ version: 2 }),
      'version 2 is not supported; this library reads version 1',
    ],
    ['no request', withFields({ request: {} }), 'request has no method and path'],
    ['no reads', withFields({ reads: {} }), 'reads is not an array'],
    ['no head', withFields({ head: undefined }), 'head is neither an object nor null'],
    ['a head without a status', withHead({ status: '200' }), 'head.status is not an integer'],
    ['a head without headers', withHead({ headers: null }), 'head.headers is not an object of strings'],
    [
      'a header that is not a string',
      withHead({ headers: { 'retry-after': 2 } }),
      'head.headers is not an object of strings',
    ],
    ['a head without a time', withHead({ ms: '3' }), 'head.ms is not a time in milliseconds'],
    ['reads without a head', withFields({ head: null }), 'there are reads, but head is null'],
    ['a read that is not an object', withRead('data'), 'reads[1] is not an object'],
    ['an empty read', withRead({ ms: 1 }), 'reads[1] has neither text nor base64'],
    ['a read with a number', withRead({ ms: 1, text: 5 }), 'reads[1] has neither text nor base64'],
    ['a read with invalid bytes', withRead({ ms: 1, begins: 'b' }), 'reads[1].begins is not hex'],
    [
      'a read with invalid bytes at its end',
      withRead({ ms: 1, text: '', ends: 'xy' }),
      'reads[1].ends is not hex',
    ],
    [
      'a read with text and bytes',
      withRead({ ms: 1, text: '', base64: '' }),
      'reads[1] has both text and base64',
    ],
    ['a read with invalid base64', withRead({ ms: 1, base64: '%' }), 'reads[1].base64 is not base64'],
    [
      'a read with a negative time',
      withRead({ ms: -1, text: '' }),
      'reads[1].ms is not a time in milliseconds',
    ],
    ['a read without a time', withRead({ text: '' }), 'reads[1].ms is not a time in milliseconds'],
    ['no end', withFields({ end: undefined }), 'end is neither an object nor null'],
    ['an end without a time', withFields({ end: {} }), 'end.ms is not a time in milliseconds'],
    ['an error without a message', withFields({ end: { ms: 0, error: {} } }), 'end.error has no message'],
  ])('rejects %s with the problem', (_, json, problem) => {
    expect(() => tapeOf(json)).toThrow(new TypeError(`not a tape: ${problem}`));
  });
});
