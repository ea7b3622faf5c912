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
  it('emits what the rights hold', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -a-b-|', eithers);
      const expected = '     -a-b-|';
      expectObservable(source$.pipe(fromEither())).toBe(expected);
    });
  });

  it('fails with what the first left holds, and lets go of the source', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -a-L-b-|', eithers);
      const subs = '         ^--!    ';
      const expected = '     -a-#    ';
      expectObservable(source$.pipe(fromEither())).toBe(expected, undefined, lost);
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('puts a failure where retry acts on it', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -a-L|', eithers);
      const subs = ['        ^--!   ', '---^--!'];
      const expected = '     -a--a-#';
      expectObservable(source$.pipe(fromEither(), retry(1))).toBe(expected, undefined, lost);
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('is undone by toEither, up to the first left', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -a-L-b-|', eithers);
      const expected = '     -a-(L|) ';
      expectObservable(source$.pipe(fromEither(), toEither())).toBe(expected, eithers);
    });
  });
});
