import {
  concat,
  finalize,
  map,
  NEVER,
  Observable,
  observeOn,
  of,
  queueScheduler,
  Subject,
  take,
  throwError,
} from 'rxjs';

import { COMPLETE, concatItems } from '../../lib/rx/concatItems';
import { marbles } from '../helpers/marbles';
import { outcomeOf } from '../helpers/reads';

/** Items of a value: the value itself. */
const itself = <T>(value: T): T => value;
const bad = new Error('bad');

describe('concatItems', () => {
  it('emits the items of each read, one by one', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -a---b--|', { a: ['p', 'q'], b: ['r'] });
      const subs = '         ^-------!';
      const expected = '     -(pq)r--|';
      expectObservable(source$.pipe(concatItems(itself))).toBe(expected);
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('emits nothing for a read without items', () => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold<string[]>('-a-|', { a: [] }).pipe(concatItems(itself))).toBe('---|');
      expectObservable(cold<string[]>('---|').pipe(concatItems(itself))).toBe('---|');
    });
  });

  it('emits nothing while its source emits nothing', () => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold<string[]>('---').pipe(concatItems(itself))).toBe('---');
    });
  });

  it('errors at an error item, after the items before it', () => {
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

  it('emits the remaining items at the end', () => {
    const remaining = (): readonly string[] => ['r'];
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -a--b---|', { a: ['p'], b: ['q'] });
      const expected = '     -p--q---(r|)';
      expectObservable(source$.pipe(concatItems(itself, remaining))).toBe(expected);
      expectObservable(cold<string[]>('--|').pipe(concatItems(itself, remaining))).toBe('--(r|)');
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

  it('errors as its source does', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -a-#', { a: ['p'] }, bad);
      expectObservable(source$.pipe(concatItems(itself))).toBe('-p-#', undefined, bad);
    });
  });

  it('unsubscribes from its source at an early unsubscribe', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -a--b-|', { a: ['p'], b: ['q'] });
      const unsub = '        --!    ';
      expectObservable(source$.pipe(concatItems(itself)), unsub).toBe('-p-');
      expectSubscriptions(source$.subscriptions).toBe('^-!');
    });
  });

  it('reads no further item after a consumer completes in the middle of a read', () => {
    const looked: number[] = [];
    const source$ = concat(of([1, 2, 3, 4]), NEVER);
    const look = map((value: number) => (looked.push(value), value));
    expect(outcomeOf(source$.pipe(concatItems(itself), look, take(2)))).toEqual({
      values: [1, 2],
      end: 'complete',
    });
    expect(looked).toEqual([1, 2]);
  });

  it('does not report an error item after a consumer completes', () => {
    const { end } = outcomeOf(of([1, bad]).pipe(concatItems(itself), take(1)));
    expect(end).toBe('complete');
  });

  it('stops a synchronous source', () => {
    let emitted = 0;
    const source$ = new Observable<number[]>((subscriber) => {
      while (!subscriber.closed && emitted < 1_000) subscriber.next([++emitted]);
      subscriber.complete();
    });
    expect(outcomeOf(source$.pipe(concatItems(itself), take(1)))).toEqual({ values: [1], end: 'complete' });
    expect(emitted).toBe(1);
  });

  it('notifies a reader when the items of a value are emitted, unless the stream has ended', () => {
    const calls: unknown[] = [];
    const reader = {
      read: (item: number) => [item],
      onEmitted: () => calls.push('emitted'),
      end: () => [],
      isEnd: () => false,
    };
    of([1, 2], [], [3, COMPLETE] as const)
      .pipe(concatItems(itself<ReadonlyArray<number | typeof COMPLETE>>, () => [], reader))
      .subscribe({ next: (value) => calls.push(value), complete: () => calls.push('complete') });
    expect(calls).toEqual([1, 2, 'emitted', 'emitted', 3, 'complete']);
  });

  it('completes after the last value that a consumer makes the source emit', () => {
    const source$ = new Subject<readonly number[]>();
    const ended: unknown[] = [];
    source$.pipe(concatItems(itself)).subscribe({
      next: (value) => {
        ended.push(value);
        if (value !== 1) return;
        source$.next([3]);
        source$.complete();
      },
      complete: () => ended.push('complete'),
    });
    source$.next([1, 2]);
    expect(ended).toEqual([1, 2, 3, 'complete']);
  });

  it('errors after the last value that a consumer makes the source emit', () => {
    const source$ = new Subject<readonly number[]>();
    const ended: unknown[] = [];
    source$.pipe(concatItems(itself)).subscribe({
      next: (value) => {
        ended.push(value);
        if (value !== 1) return;
        source$.next([3]);
        source$.error(bad);
      },
      error: (error: unknown) => ended.push(error),
    });
    source$.next([1, 2]);
    expect(ended).toEqual([1, 2, 3, bad]);
  });

  it('starts over for each subscriber', () => {
    const value$ = of([1, 2], [3, bad]).pipe(concatItems(itself));
    expect(outcomeOf(value$)).toEqual({ values: [1, 2, 3], end: 'error', error: bad });
    expect(outcomeOf(value$)).toEqual({ values: [1, 2, 3], end: 'error', error: bad });
  });

  it('keeps the order when a consumer makes the source emit again', () => {
    const source$ = new Subject<readonly number[]>();
    const seen: number[] = [];
    source$.pipe(concatItems(itself)).subscribe((value) => {
      seen.push(value);
      if (value === 1) source$.next([3]);
    });
    source$.next([1, 2]);
    expect(seen).toEqual([1, 2, 3]);
  });

  it.each<[string, Observable<readonly number[]>]>([
    ['completes', of([1])],
    ['completes', of([1]).pipe(observeOn(queueScheduler))],
    [
      'errors',
      concat(
        of([1]),
        throwError(() => bad),
      ),
    ],
  ])('tears its source down before it %s, so that the next request begins after this one', (how, source$) => {
    const order: unknown[] = [];
    source$
      .pipe(
        finalize(() => order.push('torn down')),
        concatItems(itself),
      )
      .subscribe({
        next: (value) => order.push(value),
        error: () => order.push('errors'),
        complete: () => order.push('completes'),
      });
    expect(order).toEqual([1, 'torn down', how]);
  });
});
