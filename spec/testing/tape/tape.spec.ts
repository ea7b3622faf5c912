import fc from 'fast-check';

import { bytesOfRead, tapeOf, tapeText, writtenRead, type Tape } from '../../../lib/testing/tape/tape';
import { rawBytesOf } from '../../../lib/testing/wire/wire';

const utf8 = (text: string): number[] => [...rawBytesOf(text)];
const written = (bytes: readonly number[]) => writtenRead(0, new Uint8Array(bytes));

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
    expect(written(utf8('Zürich 🌊\n'))).toEqual({ ms: 0, text: 'Zürich 🌊\n' });
    expect(written([])).toEqual({ ms: 0, text: '' });
    expect(written(utf8('\uFEFFdata'))).toEqual({ ms: 0, text: '\uFEFFdata' });
  });

  it('is text with the bytes of the characters that it cuts', () => {
    const wave = utf8('a🌊b');
    expect(written(wave.slice(0, 2))).toEqual({ ms: 0, text: 'a', ends: 'f0' });
    expect(written(wave.slice(0, 4))).toEqual({ ms: 0, text: 'a', ends: 'f09f8c' });
    expect(written(wave.slice(2))).toEqual({ ms: 0, begins: '9f8c8a', text: 'b' });
    expect(written(wave.slice(3, 4))).toEqual({ ms: 0, begins: '8c' });
    expect(written(wave.slice(1, 2))).toEqual({ ms: 0, ends: 'f0' });
    expect(written([0xbc, 0x61, 0xc3])).toEqual({ ms: 0, begins: 'bc', text: 'a', ends: 'c3' });
  });

  it('is base64 where it is no text', () => {
    expect(written([0xff, 0x00, 0x61])).toEqual({ ms: 0, base64: '/wBh' });
    expect(written([0x80, 0x80, 0x80, 0x80])).toEqual({ ms: 0, base64: 'gICAgA==' });
    // A surrogate, which UTF-8 has no place for.
    expect(written([0x61, 0xed, 0xa0, 0x80, 0x61])).toEqual({ ms: 0, base64: 'Ye2ggGE=' });
  });

  it('has the bytes it was written from, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect([...bytesOfRead(writtenRead(0, bytes))]).toEqual([...bytes]);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is never base64 where a text was cut, wherever that was', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 20 });
    fc.assert(
      fc.property(text, fc.nat(60), fc.nat(60), (said, a, b) => {
        const bytes = rawBytesOf(said).slice(Math.min(a, b), Math.max(a, b));
        const read = writtenRead(7, bytes);
        expect(read.base64).toBeUndefined();
        expect([...bytesOfRead(read)]).toEqual([...bytes]);
      }),
      { numRuns: 2_000 },
    );
  });

  it('may be longer than what a function takes as arguments', () => {
    const bytes = new Uint8Array(400_000).fill(0xff);
    expect(bytesOfRead(writtenRead(0, bytes))).toHaveLength(bytes.length);
    expect(bytesOfRead({ ms: 0, text: 'a'.repeat(400_000) })).toHaveLength(400_000);
  });
});

describe('tapeText', () => {
  it('is JSON of the tape, a read a line', () => {
    const text = tapeText(tape);
    expect(JSON.parse(text)).toEqual(tape);
    expect(text.split('\n').filter((line) => line.startsWith('    {'))).toEqual([
      String.raw`    {"ms":35,"text":"data: {\"a\":1}\n\n"},`,
      '    {"ms":2,"begins":"bc","text":"rich"}',
    ]);
    expect(text.endsWith('\n}\n')).toBe(true);
  });

  it('changes by a line where a read changes', () => {
    const [first, ...rest] = tape.reads;
    const other = { ...tape, reads: [{ ...first!, ms: 36 }, ...rest] };
    const lines = tapeText(tape).split('\n');
    expect(
      tapeText(other)
        .split('\n')
        .filter((line, at) => line !== lines[at]),
    ).toHaveLength(1);
  });

  it('writes a tape without reads, head or end', () => {
    const nothing: Tape = { ...tape, head: null, reads: [], end: null };
    expect(JSON.parse(tapeText(nothing))).toEqual(nothing);
  });

  it('writes the same for the same tape, in whatever order its fields come', () => {
    const { end, reads, head, request, version } = tape;
    expect(tapeText({ end, reads, head, request, version })).toBe(tapeText(tape));
  });
});

describe('tapeOf', () => {
  it('gives back what is a tape', () => {
    expect(tapeOf(tape)).toBe(tape);
    const failed = { ...tape, head: null, reads: [], end: { ms: 3, error: { message: 'no' } } };
    expect(tapeOf(failed)).toBe(failed);
  });

  const spoilt = (change: object): unknown => ({ ...tape, ...change });
  const withRead = (read: unknown): unknown => spoilt({ reads: [tape.reads[0], read] });
  const headWith = (change: object): unknown => spoilt({ head: { ...tape.head, ...change } });

  it.each([
    ['a text', '{}', 'it is no object'],
    ['a list', [tape], 'it is no object'],
    ['nothing', null, 'it is no object'],
    ['another JSON', {}, 'version is missing'],
    [
      'a tape of another version',
      spoilt({ version: 2 }),
      'version 2 is not one this library reads, which is 1',
    ],
    ['no request', spoilt({ request: {} }), 'request has no method and path'],
    ['no reads', spoilt({ reads: {} }), 'reads is no list'],
    ['no head', spoilt({ head: undefined }), 'head is neither an object nor null'],
    ['a head without a status', headWith({ status: '200' }), 'head.status is no number'],
    ['a head without headers', headWith({ headers: null }), 'head.headers are no texts by name'],
    [
      'a header that is no text',
      headWith({ headers: { 'retry-after': 2 } }),
      'head.headers are no texts by name',
    ],
    ['a head at no time', headWith({ ms: '3' }), 'head.ms is no time in milliseconds'],
    ['reads without a head', spoilt({ head: null }), 'there are reads, but head is null'],
    ['a read that is none', withRead('data'), 'reads[1] is no object'],
    ['a read of nothing', withRead({ ms: 1 }), 'reads[1] has neither text nor base64'],
    ['a read of a number', withRead({ ms: 1, text: 5 }), 'reads[1] has neither text nor base64'],
    ['a read of no bytes', withRead({ ms: 1, begins: 'b' }), 'reads[1].begins is no hex'],
    ['a read of no bytes at its end', withRead({ ms: 1, text: '', ends: 'xy' }), 'reads[1].ends is no hex'],
    [
      'a read of text and bytes',
      withRead({ ms: 1, text: '', base64: '' }),
      'reads[1] has both text and base64',
    ],
    ['a read of broken base64', withRead({ ms: 1, base64: '%' }), 'reads[1].base64 is none'],
    ['a read before its time', withRead({ ms: -1, text: '' }), 'reads[1].ms is no time in milliseconds'],
    ['a read at no time', withRead({ text: '' }), 'reads[1].ms is no time in milliseconds'],
    ['no end', spoilt({ end: undefined }), 'end is neither an object nor null'],
    ['an end at no time', spoilt({ end: {} }), 'end.ms is no time in milliseconds'],
    ['an error without words', spoilt({ end: { ms: 0, error: {} } }), 'end.error has no message'],
  ])('refuses %s, and says why', (_, json, words) => {
    expect(() => tapeOf(json)).toThrow(new TypeError(`not a tape: ${words}`));
  });
});
