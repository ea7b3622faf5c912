import { chatErrorFrom } from '../../lib/decode/chatErrorFrom';
import { LimitError, TruncatedError } from '../../lib/errors';
import { comparable } from '../helpers/marbles';

describe('chatErrorFrom', () => {
  it.each([
    [undefined],
    [null],
    [7],
    ['HttpError'],
    [[]],
    [{}],
    [{ _tag: 'NotFound' }],
    [{ _tag: 'constructor' }],
    [{ _tag: '__proto__' }],
    [{ name: 'HttpError', message: '429 slow down' }],
    [{ _tag: 'HttpError' }],
    [{ _tag: 'RequestError' }],
    [{ _tag: 'ChunkFailed', message: 'x', error: { _tag: 'NotFound' } }],
  ])('throws a TypeError at %j, which is not an error of this library', (json) => {
    expect(() => chatErrorFrom(json)).toThrow(
      new TypeError('not the JSON form of an error of this library: pass JSON.parse(JSON.stringify(error))'),
    );
  });

  it('accepts the error itself as its JSON form', () => {
    const error = new LimitError('event', 7);
    expect(comparable(chatErrorFrom(error))).toEqual(comparable(error));
  });

  it('ignores unknown fields', () => {
    const json = { ...new TruncatedError().toJSON(), stack: 'theirs', extra: 'x', retryable: 'yes' };
    expect(comparable(chatErrorFrom(json))).toEqual(comparable(new TruncatedError()));
  });
});
