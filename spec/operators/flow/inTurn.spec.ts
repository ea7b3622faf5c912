import { delay, NEVER, of, throwError, timer, type Observable } from 'rxjs';
import { inTurn, ReadGate } from 'rxjs-chat-completions';

import { marbles } from '../../helpers/marbles';

const later = (value: string): Observable<string> => of(value).pipe(delay(3));

describe('inTurn', () => {
  it('does one thing after the other', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold('-ab-------c-|');
      const subs = '        ^-----------!';
      const expected = '    ----a--b-----(c|)';
      expectObservable(source$.pipe(inTurn(later, new ReadGate()))).toBe(expected);
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('holds the gate from the first value to the end of its work', () => {
    marbles(({ cold, expectObservable }) => {
      const gate = new ReadGate();
      const source$ = cold('-ab-------c--|');
      const held = '        -n-----o--n--o';
      cold('|').subscribe();
      expectObservable(gate.turned$).toBe(held, { n: false, o: true });
      source$.pipe(inTurn(later, gate)).subscribe();
    });
  });

  it('opens the gate when it is let go of', () => {
    marbles(({ cold, expectObservable }) => {
      const gate = new ReadGate();
      const source$ = cold('-a-');
      expectObservable(gate.turned$).toBe('-n--o', { n: false, o: true });
      expectObservable(source$.pipe(inTurn(() => NEVER, gate)), '^---!').toBe('-----');
    });
  });

  it('opens the gate when the work fails', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const gate = new ReadGate();
      const source$ = cold('-a-b');
      const fail = (): Observable<never> => throwError(() => new Error('full'));
      expectObservable(source$.pipe(inTurn(fail, gate))).toBe('-#', undefined, new Error('full'));
      expectSubscriptions(source$.subscriptions).toBe('^!');
      expectObservable(timer(2)).toBe('--(a|)', { a: 0 });
    });
  });

  it('fails as the source does, and when the callback throws', () => {
    marbles(({ cold, expectObservable }) => {
      const gate = new ReadGate();
      expectObservable(cold('--#').pipe(inTurn(later, gate))).toBe('--#');
      const bad = (): Observable<string> => {
        throw new Error('no');
      };
      expectObservable(cold('-a').pipe(inTurn(bad, gate))).toBe('-#', undefined, new Error('no'));
    });
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold('---|').pipe(inTurn(later, new ReadGate()))).toBe('---|');
    });
  });
});
