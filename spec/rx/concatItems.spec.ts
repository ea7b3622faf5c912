import { concat, map, NEVER, Observable, of, Subject, take } from 'rxjs';

import { COMPLETE, concatItems } from '../../lib/rx/concatItems';
import { marbles } from '../helpers/marbles';
import { outcomeOf } from '../helpers/reads';

/** Returns the value as its own items. */
const itself = <T>(value: T): T => value;
const bad = new Error('bad');

describe('concatItems', () => {
  it('emits the items of each value', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -a---b--|', { a: ['p', 'q'], b: ['r'] });
      const subs = '         ^-------!';
      const expected = '     -(pq)r--|';
      expectObservable(source$.pipe(concatItems(itself))).toBe(expected);
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('emits nothing for a value without items', () => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold<string[]>('-a-|', { a: [] }).pipe(concatItems(itself))).toBe('---|');
      expectObservable(cold<string[]>('---|').pipe(concatItems(itself))).toBe('---|');
    });
  });

  it('emits nothing while the source is idle', () => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold<string[]>('---').pipe(concatItems(itself))).toBe('---');
    });
  });

  it('errors at an item that is an error, after the items before it', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -a---b-|', { a: ['p', bad, 'q'], b: ['r'] });
      const expected = '     -(p#)';
      expectObservable(source$.pipe(concatItems(itself))).toBe(expected, undefined, bad);
      expectSubscriptions(source$.subscriptions).toBe('^!');
    });
  });

  it('completes at COMPLETE, after the items before it', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -a---b-|', { a: ['p', COMPLETE, 'q'], b: ['r'] });
      const expected = '     -(p|)';
      expectObservable(source$.pipe(concatItems(itself))).toBe(expected);
      expectSubscriptions(source$.subscriptions).toBe('^!');
    });
  });

  it('emits the remaining items at completion, from the last value', () => {
    const upper = (last: readonly string[] = ['none']): readonly string[] =>
      last.map((item) => item.toUpperCase());
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -a--b---|', { a: ['p'], b: ['q'] });
      const expected = '     -p--q---(Q|)';
      expectObservable(source$.pipe(concatItems(itself, upper))).toBe(expected);
      expectObservable(cold<string[]>('--|').pipe(concatItems(itself, upper))).toBe('--(n|)', { n: 'NONE' });
      expectObservable(
        cold('--|').pipe(
          concatItems(
            () => [],
            () => [bad],
          ),
        ),
      ).toBe('--#', undefined, bad);
    });
  });

  it('passes on an error of the source', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -a-#', { a: ['p'] }, bad);
      expectObservable(source$.pipe(concatItems(itself))).toBe('-p-#', undefined, bad);
    });
  });

  it('unsubscribes from the source at an early unsubscribe', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -a--b-|', { a: ['p'], b: ['q'] });
      const unsub = '        --!    ';
      expectObservable(source$.pipe(concatItems(itself)), unsub).toBe('-p-');
      expectSubscriptions(source$.subscriptions).toBe('^-!');
    });
  });

  it('processes no item after a consumer has unsubscribed in the middle of a value', () => {
    const processed: number[] = [];
    const source$ = concat(of([1, 2, 3, 4]), NEVER);
    const record = map((value: number) => (processed.push(value), value));
    expect(outcomeOf(source$.pipe(concatItems(itself), record, take(2)))).toEqual({
      values: [1, 2],
      end: 'complete',
    });
    expect(processed).toEqual([1, 2]);
  });

  it('ignores an error after a consumer has unsubscribed', () => {
    const { end } = outcomeOf(of([1, bad]).pipe(concatItems(itself), take(1)));
    expect(end).toBe('complete');
  });

  it('stops a source that emits synchronously', () => {
    let emitted = 0;
    const source$ = new Observable<number[]>((subscriber) => {
      while (!subscriber.closed && emitted < 1_000) subscriber.next([++emitted]);
      subscriber.complete();
    });
    expect(outcomeOf(source$.pipe(concatItems(itself), take(1)))).toEqual({ values: [1], end: 'complete' });
    expect(emitted).toBe(1);
  });

  it('completes after the items that a consumer made the source emit last', () => {
    const source$ = new Subject<readonly number[]>();
    const notifications: unknown[] = [];
    source$.pipe(concatItems(itself)).subscribe({
      next: (value) => {
        notifications.push(value);
        if (value !== 1) return;
        source$.next([3]);
        source$.complete();
      },
      complete: () => notifications.push('complete'),
    });
    source$.next([1, 2]);
    expect(notifications).toEqual([1, 2, 3, 'complete']);
  });

  it('has no state across subscriptions', () => {
    const value$ = of([1, 2], [3, bad]).pipe(concatItems(itself));
    expect(outcomeOf(value$)).toEqual({ values: [1, 2, 3], end: 'error', error: bad });
    expect(outcomeOf(value$)).toEqual({ values: [1, 2, 3], end: 'error', error: bad });
  });

  it('keeps the order if a consumer makes the source emit', () => {
    const source$ = new Subject<readonly number[]>();
    const seen: number[] = [];
    source$.pipe(concatItems(itself)).subscribe((value) => {
      seen.push(value);
      if (value === 1) source$.next([3]);
    });
    source$.next([1, 2]);
    expect(seen).toEqual([1, 2, 3]);
  });
});
