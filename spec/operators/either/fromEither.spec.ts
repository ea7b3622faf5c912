import { left, right, type Either } from 'fp-ts/Either';
import { retry } from 'rxjs';

import { TruncatedError } from '../../../lib/errors';
import { fromEither } from '../../../lib/operators/either/fromEither';
import { toEither } from '../../../lib/operators/either/toEither';
import { marbles } from '../../helpers/marbles';

const lost = new TruncatedError();
const eithers: Readonly<Record<string, Either<TruncatedError, string>>> = {
  a: right('a'),
  b: right('b'),
  c: right('c'),
  L: left(lost),
};

describe('fromEither', () => {
  it('emits the value of each `Right`', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -a-b-|', eithers);
      const expected = '     -a-b-|';
      expectObservable(source$.pipe(fromEither())).toBe(expected);
    });
  });

  it('errors with the value of the first `Left`, and unsubscribes from the source', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -a-L-b-|', eithers);
      const subs = '         ^--!    ';
      const expected = '     -a-#    ';
      expectObservable(source$.pipe(fromEither())).toBe(expected, undefined, lost);
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('makes a failure visible to retry', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -a-L|', eithers);
      const subs = ['        ^--!   ', '---^--!'];
      const expected = '     -a--a-#';
      expectObservable(source$.pipe(fromEither(), retry(1))).toBe(expected, undefined, lost);
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('is inverted by toEither, up to the first `Left`', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -a-L-b-|', eithers);
      const expected = '     -a-(L|) ';
      expectObservable(source$.pipe(fromEither(), toEither())).toBe(expected, eithers);
    });
  });
});
