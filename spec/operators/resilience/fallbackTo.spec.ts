import { AbortedError, RequestError, TruncatedError, type ChatError } from '../../../lib/errors';
import { fallbackTo } from '../../../lib/operators/resilience/fallbackTo';
import { marbles } from '../../helpers/marbles';

const lost = new TruncatedError('the first');
const again = new TruncatedError('the second');

describe('fallbackTo', () => {
  it('switches to the other source when the source fails before its first value', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' --#    ', undefined, lost);
      const other$ = cold('    -a-b|');
      const subs = '         ^-!    ';
      const otherSubs = '    --^---!';
      const expected = '     ---a-b|';
      expectObservable(source$.pipe(fallbackTo(other$))).toBe(expected);
      expectSubscriptions(source$.subscriptions).toBe(subs);
      expectSubscriptions(other$.subscriptions).toBe(otherSubs);
    });
  });

  it('passes the error through after the first value', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -x-#', undefined, lost);
      const other$ = cold('  a|');
      const expected = '     -x-#';
      expectObservable(source$.pipe(fallbackTo(other$))).toBe(expected, undefined, lost);
      expectSubscriptions(other$.subscriptions).toBe([]);
    });
  });

  it('does not subscribe to the other source when nothing fails', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -x-|');
      const other$ = cold('  a|');
      const expected = '     -x-|';
      expectObservable(source$.pipe(fallbackTo(other$))).toBe(expected);
      expectSubscriptions(other$.subscriptions).toBe([]);
    });
  });

  it('errors as the other source does', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' --#', undefined, lost);
      const other$ = cold('    -a-#', undefined, again);
      const expected = '     ---a-#';
      expectObservable(source$.pipe(fallbackTo(other$))).toBe(expected, undefined, again);
    });
  });

  it('calls a function with the error to get the other source', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' --#', undefined, lost);
      const expected = '     ---a|';
      const other = (error: ChatError) => cold('-a|', { a: error._tag });
      expectObservable(source$.pipe(fallbackTo(other))).toBe(expected, { a: 'TruncatedError' });
    });
  });

  it.each([
    ['AbortedError', new AbortedError()],
    ['RequestError', new RequestError('no key')],
    ['an error that is not a ChatError', new RangeError('a bug')],
  ])('does not fall back on %s', (_, error) => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' --#', undefined, error);
      const other$ = cold('  a|');
      const expected = '     --#';
      expectObservable(source$.pipe(fallbackTo(other$))).toBe(expected, undefined, error);
      expectSubscriptions(other$.subscriptions).toBe([]);
    });
  });

  it('falls back only on the errors that `when` accepts', () => {
    marbles(({ cold, expectObservable }) => {
      const options = { when: ({ message }: ChatError) => message === 'the second' };
      const other$ = cold('  a|');
      const first$ = cold('  -#', undefined, lost);
      const second$ = cold(' -#', undefined, again);
      expectObservable(first$.pipe(fallbackTo(other$, options))).toBe('-#', undefined, lost);
      expectObservable(second$.pipe(fallbackTo(other$, options))).toBe('-a|');
    });
  });

  it('errors with the value that a callback throws', () => {
    const bug = new RangeError('a bug in a callback');
    const thrower = (): never => {
      throw bug;
    };
    marbles(({ cold, expectObservable }) => {
      const source$ = cold('-#', undefined, lost);
      expectObservable(source$.pipe(fallbackTo(thrower))).toBe('-#', undefined, bug);
      expectObservable(source$.pipe(fallbackTo(cold('a|'), { when: thrower }))).toBe('-#', undefined, bug);
    });
  });

  it('unsubscribes from the other source when it is unsubscribed', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -#    ', undefined, lost);
      const other$ = cold('   -a-b|');
      const unsub = '        ^--!  ';
      const otherSubs = '    -^-!  ';
      const expected = '     --a---';
      expectObservable(source$.pipe(fallbackTo(other$)), unsub).toBe(expected);
      expectSubscriptions(other$.subscriptions).toBe(otherSubs);
    });
  });

  it('starts over for each subscriber', () => {
    marbles(({ cold, hot, expectObservable }) => {
      const source$ = hot('  --x--#', undefined, lost);
      const other$ = cold('       a|');
      const result$ = source$.pipe(fallbackTo(other$));
      expectObservable(result$).toBe('        --x--#', undefined, lost);
      expectObservable(result$, '---^').toBe('-----a|');
    });
  });

  it('composes with another fallback', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -#', undefined, lost);
      const second$ = cold('  -#', undefined, again);
      const third$ = cold('    -a|');
      const expected = '     ---a|';
      expectObservable(source$.pipe(fallbackTo(second$), fallbackTo(third$))).toBe(expected);
    });
  });
});
