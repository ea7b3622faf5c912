import fc from 'fast-check';
import { from, of, Subject, take } from 'rxjs';

import { toText } from '../../lib/sse/toText';
import { cutsOf, eventStreamBytes } from '../helpers/arbitraries';
import { marbles } from '../helpers/marbles';
import { bytesOf, outcomeOf, readsOf } from '../helpers/reads';

const MARK = [0xef, 0xbb, 0xbf];
const REPLACED = '\uFFFD';

/** Returns the texts of these reads. */
function textsOf(...reads: ReadonlyArray<Uint8Array | readonly number[]>): readonly string[] {
  const { values, end } = outcomeOf(from(reads.map((read) => Uint8Array.from(read))).pipe(toText()));
  expect(end).toBe('complete');
  return values;
}

describe('toText', () => {
  it('decodes each read when it arrives', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -a--b-|', { a: bytesOf('Hel'), b: bytesOf('lo') });
      const subs = '         ^-----!';
      const expected = '     -x--y-|';
      expectObservable(source$.pipe(toText())).toBe(expected, { x: 'Hel', y: 'lo' });
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('emits nothing for a body without bytes', () => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold<Uint8Array>('--|').pipe(toText())).toBe('--|');
    });
  });

  it('never emits if the source does not', () => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold<Uint8Array>('---').pipe(toText())).toBe('---');
    });
  });

  it.each([
    ['two bytes', 'é', 1],
    ['three bytes, after the first', '√', 1],
    ['three bytes, after the second', '√', 2],
    ['four bytes, after the first', '🙂', 1],
    ['four bytes, after the second', '🙂', 2],
    ['four bytes, after the third', '🙂', 3],
  ])('joins a character of %s, that two reads cut apart', (_, character, at) => {
    const bytes = bytesOf(character);
    expect(textsOf(bytes.slice(0, at), bytes.slice(at))).toEqual([character]);
  });

  it('buffers only the unfinished character', () => {
    marbles(({ cold, expectObservable }) => {
      const a = Uint8Array.from([...bytesOf('caf'), 0xc3]);
      const b = Uint8Array.from([0xa9, 0x21]);
      const source$ = cold(' -a---b-|', { a, b });
      const expected = '     -x---y-|';
      expectObservable(source$.pipe(toText())).toBe(expected, { x: 'caf', y: 'é!' });
    });
  });

  it('emits both halves of a surrogate pair together', () => {
    expect(textsOf(...readsOf(bytesOf('🙂🙃'), 1))).toEqual(['🙂', '🙃']);
  });

  it.each([
    ['an invalid byte', [0x61, 0xff, 0x62], `a${REPLACED}b`],
    ['a stray continuation', [0x61, 0x80, 0x62], `a${REPLACED}b`],
    ['a character that another one interrupts', [0xe2, 0x88, 0x61], `${REPLACED}a`],
    ['an overlong encoding', [0xc0, 0xaf], REPLACED.repeat(2)],
    ['half of a surrogate pair', [0xed, 0xa0, 0xbd], REPLACED.repeat(3)],
  ])('replaces %s by U+FFFD', (_, bytes, text) => {
    expect(textsOf(bytes)).toEqual([text]);
    expect(textsOf(...bytes.map((byte) => [byte])).join('')).toBe(text);
  });

  it('replaces an unfinished character at the end of the body', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold('    -a-b-|', { a: bytesOf('ab'), b: bytesOf('🙂').slice(0, 3) });
      const expected = '        -x---(y|)';
      expectObservable(source$.pipe(toText())).toBe(expected, { x: 'ab', y: REPLACED });
    });
  });

  it('replaces an unfinished character before a line feed, and continues after it', () => {
    expect(textsOf([0xe2, 0x88], [0x0a], [0xe2, 0x88, 0x9a])).toEqual([`${REPLACED}\n`, '√']);
  });

  it('keeps a mark after a line feed that a read ended in', () => {
    expect(textsOf([0x61, 0x0a], [...MARK, 0x62])).toEqual(['a\n', '\uFEFFb']);
    expect(textsOf([0x0a], [...MARK, 0x62])).toEqual(['\n', '\uFEFFb']);
  });

  it('drops one byte order mark at the start', () => {
    expect(textsOf([...MARK, 0x61])).toEqual(['a']);
  });

  it.each([1, 2])('drops a byte order mark that a read cuts after byte %i', (at) => {
    expect(textsOf(MARK.slice(0, at), [...MARK.slice(at), 0x61])).toEqual(['a']);
  });

  it('drops a mark that is a separate read', () => {
    expect(textsOf(MARK, [0x61])).toEqual(['a']);
  });

  it.each([1, 2, 3, 4, 5, 6])('keeps the second of two marks, cut after byte %i', (at) => {
    const bytes = [...MARK, ...MARK, 0x61];
    expect(textsOf(bytes.slice(0, at), bytes.slice(at)).join('')).toBe('\uFEFFa');
  });

  it('keeps a mark that is not at the start', () => {
    expect(textsOf([0x61], [...MARK, 0x62]).join('')).toBe('a\uFEFFb');
    expect(textsOf([0x61, ...MARK])).toEqual(['a\uFEFF']);
  });

  it('emits no empty text: not for an empty read, not for a cut character, not for a mark', () => {
    expect(textsOf([], [0xc3], [], [0xa9], [])).toEqual(['é']);
    expect(textsOf([], MARK, [])).toEqual([]);
  });

  it('passes an error on after the text before it, without the unfinished character', () => {
    marbles(({ cold, expectObservable }) => {
      const reset = new Error('reset');
      const source$ = cold(' -a-#', { a: Uint8Array.from([0x61, 0xc3]) }, reset);
      const expected = '     -x-#';
      expectObservable(source$.pipe(toText())).toBe(expected, { x: 'a' }, reset);
    });
  });

  it('unsubscribes from its source at an early unsubscribe', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -a--b-|', { a: bytesOf('a'), b: bytesOf('b') });
      const unsub = '        --!    ';
      const expected = '     -x-    ';
      expectObservable(source$.pipe(toText()), unsub).toBe(expected, { x: 'a' });
      expectSubscriptions(source$.subscriptions).toBe('^-!');
    });
  });

  it('unsubscribes from its source after take', () => {
    const read$ = new Subject<Uint8Array>();
    read$.pipe(toText(), take(1)).subscribe();
    read$.next(bytesOf('a'));
    expect(read$.observed).toBe(false);
  });

  it('starts a new decoder for every subscription', () => {
    const cut$ = of(Uint8Array.from([...MARK, 0x61, 0xc3])).pipe(toText());
    expect(outcomeOf(cut$).values).toEqual(['a', REPLACED]);
    expect(outcomeOf(cut$).values).toEqual(['a', REPLACED]);

    const read$ = new Subject<Uint8Array>();
    const text$ = read$.pipe(toText());
    const left = text$.subscribe();
    read$.next(Uint8Array.from([0xc3]));
    left.unsubscribe();
    const seen: string[] = [];
    text$.subscribe((text) => seen.push(text));
    read$.next(Uint8Array.from([0x61]));
    expect(seen).toEqual(['a']);
  });

  it('uses one decoder for each of two concurrent subscribers', () => {
    const read$ = new Subject<Uint8Array>();
    const text$ = read$.pipe(toText());
    const seen: string[] = [];
    text$.subscribe((text) => seen.push(text));
    text$.subscribe((text) => seen.push(text));
    for (const read of readsOf(bytesOf('é'), 1)) read$.next(read);
    expect(seen).toEqual(['é', 'é']);
  });

  it('agrees with the Encoding standard wherever the reads are cut', () => {
    const bytesAndCuts = eventStreamBytes.chain((body) => fc.tuple(fc.constant(body), cutsOf(body)));
    fc.assert(
      fc.property(bytesAndCuts, ([body, reads]) => {
        expect(textsOf(...reads).join('')).toBe(new TextDecoder().decode(body));
      }),
    );
  });
});
