import { left, right } from 'fp-ts/Either';

import type { Decoded } from '../../../lib/decode/decode';
import type { ChunkError } from '../../../lib/errors';
import { orSkip } from '../../../lib/operators/either/orSkip';
import { marbles } from '../../helpers/marbles';
import { badJson } from '../../helpers/frames';

const decoded: Readonly<Record<string, Decoded<string>>> = { a: right('a'), b: right('b'), L: left(badJson) };

describe('orSkip', () => {
  it('drops each `Left`', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -a-L-b-|', decoded);
      const subs = '         ^------!';
      const expected = '     -a---b-|';
      expectObservable(source$.pipe(orSkip())).toBe(expected);
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('reports each of them', () => {
    const report = jest.fn<undefined, [ChunkError]>();
    marbles(({ cold, expectObservable, flush }) => {
      const source$ = cold(' -L-a-L-|', decoded);
      const expected = '     ---a---|';
      expectObservable(source$.pipe(orSkip(report))).toBe(expected);
      flush();
    });
    expect(report.mock.calls).toEqual([[badJson], [badJson]]);
  });

  it('completes without a value after `Left`s only', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -L-L-|', decoded);
      const expected = '     -----|';
      expectObservable(source$.pipe(orSkip())).toBe(expected);
    });
  });

  it('errors with the value that the report throws, and unsubscribes from the source', () => {
    const bug = new RangeError('a bug in the report');
    const report = (): void => {
      throw bug;
    };
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -a-L-b-|', decoded);
      const subs = '         ^--!    ';
      const expected = '     -a-#    ';
      expectObservable(source$.pipe(orSkip(report))).toBe(expected, undefined, bug);
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });
});
