import fc from 'fast-check';

import { LineBuffer } from '../../lib/sse/LineBuffer';
import { cutsOf, eventStreamBytes } from '../helpers/arbitraries';
import { bytesOf, readsOf } from '../helpers/reads';

const AMPLE = 2 ** 20;

/** Returns the texts of reads, and the remaining text at the end. */
function textsOf(
  reads: readonly Uint8Array[],
  limit = AMPLE,
): { readonly texts: readonly string[]; readonly end: string } {
  const lines = new LineBuffer(limit);
  const texts = reads.map((read) => lines.take(read)).filter((text) => text !== '');
  return { texts, end: lines.end() };
}

/** Returns the texts that reads of these texts are joined to. */
function joined(...reads: readonly string[]): readonly string[] {
  const { texts, end } = textsOf(reads.map(bytesOf));
  return end === '' ? texts : [...texts, end];
}

describe('LineBuffer', () => {
  it('joins reads until a line has ended in one', () => {
    expect(joined('da', 'ta: 1\n', '\n')).toEqual(['data: 1\n', '\n']);
  });

  it('returns no text for a body without bytes', () => {
    expect(joined()).toEqual([]);
    expect(joined('', '')).toEqual([]);
  });

  it.each(['\n', '\r', '\r\n'])('passes a read on at once if it contains a line end %j', (end) => {
    expect(joined(`${end}a`, `b${end}c`, `d${end}`)).toEqual([`${end}a`, `b${end}c`, `d${end}`]);
  });

  it('passes a CR on without waiting for an LF', () => {
    expect(joined('a', '\r', '\n', 'b')).toEqual(['a\r', '\n', 'b']);
  });

  it('returns text without a line end when the body ends', () => {
    expect(joined('a\n', 'b', 'c')).toEqual(['a\n', 'bc']);
  });

  it('joins a character that is split across reads', () => {
    expect(textsOf(readsOf(bytesOf('data: 🙂\n'), 1))).toEqual({ texts: ['data: 🙂\n'], end: '' });
    expect(textsOf(readsOf(bytesOf('🙂'), 1))).toEqual({ texts: [], end: '🙂' });
  });

  it('buffers at most 64 KiB of a line', () => {
    const lines = new LineBuffer(AMPLE);
    const kibi = bytesOf('x'.repeat(1024));
    for (let reads = 0; reads < 64; reads++) expect(lines.take(kibi)).toBe('');
    expect(lines.take(bytesOf('x'))).toHaveLength(64 * 1024 + 1);
    expect(lines.take(bytesOf('y'))).toBe('');
    expect(lines.end()).toBe('y');
  });

  it('buffers at most the limit of a line', () => {
    const lines = new LineBuffer(4);
    expect(lines.take(bytesOf('1234'))).toBe('');
    expect(lines.take(bytesOf('5'))).toBe('12345');
  });

  it('drops a byte order mark, wherever the reads cut it', () => {
    const body = Uint8Array.from([0xef, 0xbb, 0xbf, ...bytesOf('data: 1\n')]);
    for (const size of [1, 2, 3, body.length])
      expect(textsOf(readsOf(body, size)).texts).toEqual(['data: 1\n']);
  });

  it('returns the same text if the transport uses the memory of a read again', () => {
    const lines = new LineBuffer(AMPLE);
    const memory = new Uint8Array(4);
    const texts = ['data', ': 12', '345\n', 'x: y', '\n\n\n\n'].map((text) => {
      memory.set(bytesOf(text));
      return lines.take(memory);
    });
    expect(texts).toEqual(['', '', 'data: 12345\n', '', 'x: y\n\n\n\n']);
  });

  it('returns the same text at every limit, wherever the reads are cut', () => {
    const bytesAndCuts = eventStreamBytes.chain((body) => fc.tuple(fc.constant(body), cutsOf(body)));
    fc.assert(
      fc.property(bytesAndCuts, fc.nat(64), ([body, reads], limit) => {
        const { texts, end } = textsOf(reads, limit);
        expect(texts.join('') + end).toBe(new TextDecoder().decode(body));
      }),
    );
  });

  it('returns the same text wherever the reads are cut, and buffers no line that has ended', () => {
    const bytesAndCuts = eventStreamBytes.chain((body) => fc.tuple(fc.constant(body), cutsOf(body)));
    fc.assert(
      fc.property(bytesAndCuts, ([body, reads]) => {
        const whole = new TextDecoder().decode(body);
        const { texts, end } = textsOf(reads);
        expect(texts.join('') + end).toBe(whole);
        expect(end).not.toMatch(/[\r\n]/);
        const lines = new LineBuffer(AMPLE);
        let read = 0;
        let said = '';
        for (const bytes of reads) {
          read += bytes.byteLength;
          said += lines.take(bytes);
          const ended = /^[^]*[\r\n]/.exec(new TextDecoder().decode(body.subarray(0, read)))?.[0] ?? '';
          expect(said.length).toBeGreaterThanOrEqual(ended.length);
        }
      }),
    );
  });
});
