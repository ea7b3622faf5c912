import { concatMap, from, map, of, pipe, toArray, type Observable } from 'rxjs';

import { byFirstByte } from '../../lib/body/byFirstByte';
import { marbles } from '../helpers/marbles';
import { bytesOf, outcomeOf, readsOf } from '../helpers/reads';

/** Marks each read with the byte that the way was chosen by. */
const marked = byFirstByte((first) => map((read) => `${first}:${new TextDecoder().decode(read)}`));
const markedReads = (read$: Observable<Uint8Array>): readonly string[] =>
  outcomeOf(read$.pipe(marked)).values;

describe('byFirstByte', () => {
  it('chooses by the first byte, and passes on every read', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -a-b-|', { a: bytesOf('{"x"'), b: bytesOf(':1}') });
      const subs = '         ^----!';
      const expected = '     -x-y-|';
      expectObservable(source$.pipe(marked)).toBe(expected, { x: '{:{"x"', y: '{::1}' });
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('chooses the same however the reads cut the bytes', () => {
    const body = bytesOf('{"é":1}');
    const wholeOf = pipe(
      byFirstByte((first) => map((read: Uint8Array) => ({ first, read: [...read] }))),
      toArray(),
      concatMap((all) => of({ first: all[0]?.first, bytes: all.flatMap(({ read }) => read) })),
    );
    for (const size of [1, 2, 3, body.length]) {
      const [whole] = outcomeOf(from(readsOf(body, size)).pipe(wholeOf)).values;
      expect(whole).toEqual({ first: '{', bytes: [...body] });
    }
  });

  it('passes over empty reads', () => {
    expect(markedReads(from([new Uint8Array(), bytesOf('<p>')]))).toEqual(['<:<p>']);
  });

  it('emits nothing for a body without bytes', () => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold<Uint8Array>('--|').pipe(marked)).toBe('--|');
      expectObservable(cold('-a|', { a: new Uint8Array() }).pipe(marked)).toBe('--|');
    });
  });

  it('fails as the source does, and lets go of it', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold('-a-#', { a: bytesOf('d') });
      expectObservable(source$.pipe(marked)).toBe('-x-#', { x: 'd:d' });
      expectObservable(cold<Uint8Array>('--#').pipe(marked)).toBe('--#');
      const open$ = cold('-a--', { a: bytesOf('d') });
      expectObservable(open$.pipe(marked), '^-!').toBe('-x-', { x: 'd:d' });
      expectSubscriptions(open$.subscriptions).toBe('^-!');
    });
  });
});
