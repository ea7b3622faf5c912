import { left, right } from 'fp-ts/Either';

import type { Decoded } from '../../../lib/decode/decode';
import { ChunkFailed, SchemaMismatch } from '../../../lib/errors';
import { orFail } from '../../../lib/operators/either/orFail';
import { marbles } from '../../helpers/marbles';
import { badJson } from '../../helpers/frames';

const decoded: Readonly<Record<string, Decoded<string>>> = { a: right('a'), b: right('b'), L: left(badJson) };

describe('orFail', () => {
  it('emits the value of each `Right`', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -a-b-|', decoded);
      const subs = '         ^----!';
      const expected = '     -a-b-|';
      expectObservable(source$.pipe(orFail())).toBe(expected);
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('errors at the first `Left`, and unsubscribes from the source', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -a-L-b-|', decoded);
      const subs = '         ^--!    ';
      const expected = '     -a-#    ';
      expectObservable(source$.pipe(orFail())).toBe(expected, undefined, new ChunkFailed(badJson));
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('errors with an error that wraps the error of the chunk', () => {
    const mismatch = new SchemaMismatch(['choices: expected array, got 5'], '{"choices":5}', []);
    let failed: unknown;
    marbles(({ cold, flush }) => {
      cold('L', { L: left(mismatch) })
        .pipe(orFail())
        .subscribe({ error: (error: unknown) => (failed = error) });
      flush();
    });
    expect(failed).toBeInstanceOf(ChunkFailed);
    expect(failed).toMatchObject({
      error: mismatch,
      message:
        'a chunk could not be decoded: choices: expected array, got 5; orSkip or onChunkError can leave it out',
    });
  });
});
