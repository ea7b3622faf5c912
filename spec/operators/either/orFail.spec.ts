import { left, right } from 'fp-ts/Either';
import { of, type OperatorFunction } from 'rxjs';

import type { Decoded } from '../../../lib/decode/decode';
import { ChunkFailed, SchemaMismatch } from '../../../lib/errors';
import { accumulateContent } from '../../../lib/operators/accumulate/accumulateContent';
import { orFail } from '../../../lib/operators/either/orFail';
import { orSkip } from '../../../lib/operators/either/orSkip';
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

  it('errors with a RequestError at a value that is unwrapped or folded already, which JavaScript allows', () => {
    const unwrapped = [orFail(), orSkip(), accumulateContent(), accumulateContent({ onChunkError: 'skip' })];
    for (const operator of unwrapped as ReadonlyArray<OperatorFunction<unknown, unknown>>) {
      const failed = jest.fn();
      const message =
        'these are not the chunks of chatCompletion$: use one fold, without orFail or orSkip above it';
      of({ choices: [] }).pipe(operator).subscribe({ error: failed });
      of('Hello').pipe(operator).subscribe({ error: failed });
      expect(failed.mock.calls).toMatchObject([
        [{ _tag: 'RequestError', message }],
        [{ _tag: 'RequestError', message }],
      ]);
    }
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
