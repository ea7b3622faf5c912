import { left, right } from 'fp-ts/Either';

import { TruncatedError } from '../../../lib/errors';
import { accumulateContent } from '../../../lib/operators/accumulate/accumulateContent';
import { fromEither } from '../../../lib/operators/either/fromEither';
import { toEither } from '../../../lib/operators/either/toEither';
import { marbles } from '../../helpers/marbles';
import { badJson, frames } from '../../helpers/frames';
import { httpError } from '../../helpers/httpError';

const lost = new TruncatedError();
const rights = { a: right('a'), b: right('b'), L: left(lost) };

describe('toEither', () => {
  it('wraps each value in a `Right`', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -a-b-|');
      const subs = '         ^----!';
      const expected = '     -a-b-|';
      expectObservable(source$.pipe(toEither())).toBe(expected, rights);
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('emits the error as a last `Left`, then completes', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -a-b-#   ', undefined, lost);
      const subs = '         ^----!   ';
      const expected = '     -a-b-(L|)';
      expectObservable(source$.pipe(toEither())).toBe(expected, rights);
      expectSubscriptions(source$.subscriptions).toBe(subs);
    });
  });

  it('emits a `Left` for an error without a value before it', () => {
    const error = httpError({ status: 404, serverMessage: 'no such model' });
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' --#   ', undefined, error);
      const expected = '     --(L|)';
      expectObservable(source$.pipe(toEither())).toBe(expected, { L: left(error) });
    });
  });

  it('emits a `Left` for the chunk at which a fold fails', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -h-L-l-|', frames);
      const expected = '     -a-(L|) ';
      expectObservable(source$.pipe(accumulateContent(), toEither())).toBe(expected, {
        a: right('Hel'),
        L: left(
          expect.objectContaining({
            _tag: 'ChunkFailed',
            message: `a chunk could not be decoded: ${badJson.message}; orSkip or onChunkError can leave it out`,
          }),
        ),
      });
    });
  });

  it('passes through an error that is not a ChatError', () => {
    const bug = new RangeError('a bug in a callback');
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -a-#', undefined, bug);
      const expected = '     -a-#';
      expectObservable(source$.pipe(toEither())).toBe(expected, rights, bug);
    });
  });

  it('completes without a value when its source does, and waits as that does', () => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold('--|').pipe(toEither())).toBe('--|');
      expectObservable(cold('---').pipe(toEither())).toBe('---');
    });
  });

  it('unsubscribes from its source in the frame in which it is unsubscribed', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -a-b-|');
      const unsub = '        ^-!   ';
      const expected = '     -a-   ';
      expectObservable(source$.pipe(toEither()), unsub).toBe(expected, rights);
      expectSubscriptions(source$.subscriptions).toBe(unsub);
    });
  });

  it('is inverted by fromEither', () => {
    marbles(({ cold, expectObservable }) => {
      const source$ = cold(' -a-b-#', undefined, lost);
      const expected = '     -a-b-#';
      expectObservable(source$.pipe(toEither(), fromEither())).toBe(expected, undefined, lost);
    });
  });
});
