import { delay, NEVER, of, throwError, timer, type Observable } from 'rxjs';
import { concatMapGated, ReadGate } from 'rxjs-chat-completions';

import { marbles } from '../../helpers/marbles';

const later = (value: string): Observable<string> => of(value).pipe(delay(3));

describe('concatMapGated', () => {
  it('runs the work of one value after the other', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold('-ab-------c-|');
      const subs = '        ^-----------!';
      const expected = '    ----a--b-----(c|)';
      expectObservable(source$.pipe(concatMapGated(later, new ReadGate()))).toBe(expected);
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('holds the gate from the first value to the end of its work', () => {
    marbles(({ cold, expectObservable }) => {
      const gate = new ReadGate();
      const source$ = cold('-ab-------c--|');
      const held = '        -n-----o--n--o';
      cold('|').subscribe();
      expectObservable(gate.isOpen$).toBe(held, { n: false, o: true });
      source$.pipe(concatMapGated(later, gate)).subscribe();
    });
  });

  it('emits the values of all work before an error of the source', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold('-ab---#     ');
      const subs = '        ^-----!     ';
      const expected = '    ----a--(b#) ';
      expectObservable(source$.pipe(concatMapGated(later, new ReadGate()))).toBe(expected);
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('cancels the work at once when it is unsubscribed after an error of the source', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const work$ = cold('   ------x|');
      const source$ = cold('-a-#');
      expectObservable(source$.pipe(concatMapGated(() => work$, new ReadGate())), '^----!').toBe('-----');
      expectSubscriptions(work$.subscriptions).toBe('-^---!');
    });
  });

  it('opens the gate when it is unsubscribed', () => {
    marbles(({ cold, expectObservable }) => {
      const gate = new ReadGate();
      const source$ = cold('-a-');
      expectObservable(gate.isOpen$).toBe('-n--o', { n: false, o: true });
      expectObservable(source$.pipe(concatMapGated(() => NEVER, gate)), '^---!').toBe('-----');
    });
  });

  it('opens the gate when the work fails', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const gate = new ReadGate();
      const source$ = cold('-a-b');
      const fail = (): Observable<never> => throwError(() => new Error('full'));
      expectObservable(source$.pipe(concatMapGated(fail, gate))).toBe('-#', undefined, new Error('full'));
      expectSubscriptions(source$.subscriptions).toBe('^!');
      expectObservable(timer(2)).toBe('--(a|)', { a: 0 });
    });
  });

  it('errors as the source does, and when the callback throws', () => {
    marbles(({ cold, expectObservable }) => {
      const gate = new ReadGate();
      expectObservable(cold('--#').pipe(concatMapGated(later, gate))).toBe('--#');
      const bad = (): Observable<string> => {
        throw new Error('no');
      };
      expectObservable(cold('-a').pipe(concatMapGated(bad, gate))).toBe('-#', undefined, new Error('no'));
    });
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold('---|').pipe(concatMapGated(later, new ReadGate()))).toBe('---|');
    });
  });
});
