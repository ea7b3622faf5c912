import fc from 'fast-check';
import { from, of, Subject } from 'rxjs';

import { toServerSentEvents } from '../../lib/body/toServerSentEvents';
import { upToLineEnds } from '../../lib/body/upToLineEnds';
import { cutsOf, eventStreamBytes } from '../helpers/arbitraries';
import { marbles } from '../helpers/marbles';
import { bytesOf, outcomeOf, readsOf } from '../helpers/reads';

const textOf = (read: Uint8Array): string => new TextDecoder().decode(read);

/** What reads of these texts are joined to. */
function joined(...reads: readonly string[]): readonly string[] {
  const { values, end } = outcomeOf(from(reads.map(bytesOf)).pipe(upToLineEnds()));
  expect(end).toBe('complete');
  return values.map(textOf);
}

describe('upToLineEnds', () => {
  it('joins reads until a line has ended in one', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -a-b-c-|', { a: bytesOf('da'), b: bytesOf('ta: 1\n'), c: bytesOf('\n') });
      const subs = '         ^------!';
      const expected = '     ---x-y-|';
      expectObservable(source$.pipe(upToLineEnds())).toBe(expected, {
        x: bytesOf('data: 1\n'),
        y: bytesOf('\n'),
      });
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('says nothing of a body without bytes', () => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold<Uint8Array>('--|').pipe(upToLineEnds())).toBe('--|');
      expectObservable(cold('-a-|', { a: new Uint8Array() }).pipe(upToLineEnds())).toBe('---|');
    });
  });

  it.each(['\n', '\r', '\r\n'])('passes on at once what has a line end %j, wherever it stands', (end) => {
    expect(joined(`${end}a`, `b${end}c`, `d${end}`)).toEqual([`${end}a`, `b${end}c`, `d${end}`]);
  });

  it('passes on at once a CR, whose LF may never come', () => {
    expect(joined('a', '\r', '\n', 'b')).toEqual(['a\r', '\n', 'b']);
  });

  it('emits what has no line end when the body ends', () => {
    expect(joined('a\n', 'b', 'c')).toEqual(['a\n', 'bc']);
  });

  it('passes a read on as it is when there is nothing to join', () => {
    const read = bytesOf('data: 1\n\n');
    expect(outcomeOf(of(read).pipe(upToLineEnds())).values[0]).toBe(read);
  });

  it('joins a character that reads cut', () => {
    expect(joined()).toEqual([]);
    const reads = readsOf(bytesOf('data: 🙂\n'), 1);
    expect(outcomeOf(from(reads).pipe(upToLineEnds())).values.map(textOf)).toEqual(['data: 🙂\n']);
  });

  it('holds back 64 KiB of a line, and no more', () => {
    const kibi = 'x'.repeat(1024);
    const read$ = new Subject<Uint8Array>();
    const sizes: number[] = [];
    read$.pipe(upToLineEnds()).subscribe(({ byteLength }) => sizes.push(byteLength));
    for (let reads = 0; reads < 64; reads++) read$.next(bytesOf(kibi));
    expect(sizes).toEqual([]);
    read$.next(bytesOf('x'));
    expect(sizes).toEqual([64 * 1024 + 1]);
    read$.next(bytesOf('y'));
    expect(sizes).toHaveLength(1);
    read$.complete();
    expect(sizes).toEqual([64 * 1024 + 1, 1]);
  });

  it('passes an error on, without the unfinished line', () => {
    marbles(({ cold, expectObservable }) => {
      const reset = new Error('reset');
      const source$ = cold(' -a-b-#', { a: bytesOf('a\n'), b: bytesOf('b') }, reset);
      const expected = '     -a---#';
      expectObservable(source$.pipe(upToLineEnds())).toBe(expected, { a: bytesOf('a\n') }, reset);
    });
  });

  it('lets go of its source at an early unsubscribe', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -a--b-|', { a: bytesOf('a\n'), b: bytesOf('b\n') });
      const unsub = '        --!    ';
      expectObservable(source$.pipe(upToLineEnds()), unsub).toBe('-a-', { a: bytesOf('a\n') });
      expectSubscriptions(source$.subscriptions).toBe('^-!');
    });
  });

  it('begins anew with every subscription', () => {
    const read$ = new Subject<Uint8Array>();
    const line$ = read$.pipe(upToLineEnds());
    const left = line$.subscribe();
    read$.next(bytesOf('held'));
    left.unsubscribe();
    const seen: string[] = [];
    line$.subscribe((read) => seen.push(textOf(read)));
    read$.next(bytesOf('a\n'));
    expect(seen).toEqual(['a\n']);
  });

  const bytesAndCuts = eventStreamBytes.chain((body) => fc.tuple(fc.constant(body), cutsOf(body)));

  it('says the same bytes, and makes the same events of them', () => {
    fc.assert(
      fc.property(bytesAndCuts, ([body, reads]) => {
        const { values } = outcomeOf(from(reads).pipe(upToLineEnds()));
        expect(Uint8Array.from(values.flatMap((read) => [...read]))).toEqual(body);
        const parse = toServerSentEvents({ keepCut: true });
        expect(outcomeOf(from(reads).pipe(upToLineEnds(), parse))).toEqual(outcomeOf(of(body).pipe(parse)));
      }),
    );
  });

  it('holds no event back that the reads so far have ended', () => {
    fc.assert(
      fc.property(bytesAndCuts, ([, reads]) => {
        const read$ = new Subject<Uint8Array>();
        const counts = { plain: 0, joined: 0 };
        read$.pipe(toServerSentEvents()).subscribe(() => (counts.plain += 1));
        read$.pipe(upToLineEnds(), toServerSentEvents()).subscribe(() => (counts.joined += 1));
        for (const read of reads) {
          read$.next(read);
          expect(counts.joined).toBe(counts.plain);
        }
      }),
    );
  });
});
