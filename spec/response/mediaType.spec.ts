import { mediaTypeOf } from '../../lib/response/mediaType';

describe('mediaTypeOf', () => {
  it.each([
    ['text/html; charset=utf-8', 'text/html'],
    ['  Text/HTML ; charset="a;b"; x=1', 'text/html'],
    ['text/event-stream, text/event-stream', 'text/event-stream'],
    ['text/plain, application/json; charset=utf-8', 'application/json'],
    ['application/json; x="a,b"', 'application/json'],
    ['', ''],
    [undefined, ''],
  ])('of %j is %j', (type, result) => {
    expect(mediaTypeOf({ status: 200, headers: type === undefined ? {} : { 'content-type': type } })).toBe(
      result,
    );
  });
});
