import { Subject, tap, throwError } from 'rxjs';

import { concatMapDelayError } from '../../lib/rx/concatMapDelayError';
import { marbles } from '../helpers/marbles';

const lost = new Error('lost');

describe('concatMapDelayError', () => {
  it('emits the values of one after the other, and an error of the source after them', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -ab---#');
      const subs = '         ^-----!';
      const expected = '     ----a--(b#)';
      const work = (value: string) => cold('---(x|)', { x: value });
      expectObservable(source$.pipe(concatMapDelayError(work))).toBe(expected);
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('emits the values at hand before an error that the consumer of one causes', () => {
    const source$ = new Subject<number>();
    const events: unknown[] = [];
    source$
      .pipe(
        concatMapDelayError((count) => Array.from({ length: count }, (_, nth) => nth)),
        tap(() => source$.error(lost)),
      )
      .subscribe({ next: (value) => events.push(value), error: (error: unknown) => events.push(error) });
    source$.next(3);
    expect(events).toEqual([0, 1, 2, lost]);
  });

  it('errors at once with what the values do, and with what the callback throws', () => {
    marbles(({ cold, expectObservable }) => {
      const failing = concatMapDelayError(() => throwError(() => lost));
      expectObservable(cold('-ab|').pipe(failing)).toBe('-#', undefined, lost);
      const throwing = concatMapDelayError(() => {
        throw new RangeError('a bug');
      });
      expectObservable(cold('-ab|').pipe(throwing)).toBe('-#', undefined, new RangeError('a bug'));
    });
  });
});
