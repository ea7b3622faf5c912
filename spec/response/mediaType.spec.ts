import { bodyKindOf, mediaTypeOf } from '../../lib/response/mediaType';
import type { ResponseHead } from '../../lib/transport/transport';

const headWith = (type?: string): ResponseHead => ({
  status: 200,
  headers: type === undefined ? {} : { 'content-type': type },
});

describe('bodyKindOf', () => {
  it.each([
    ['text/event-stream', 'events'],
    ['text/event-stream; charset=utf-8', 'events'],
    ['text/event-stream;charset=UTF-8', 'events'],
    ['Text/Event-Stream', 'events'],
    ['text/plain', 'events'],
    ['text/plain; charset=utf-8', 'events'],
    ['application/octet-stream', 'events'],
    ['', 'events'],
    ['application/json', 'json'],
    ['application/json; charset=utf-8', 'json'],
    ['APPLICATION/JSON', 'json'],
    ['application/problem+json', 'json'],
    ['text/html', 'other'],
    ['text/html; charset=iso-8859-1', 'other'],
    ['application/xml', 'other'],
    ['application/jsonp', 'other'],
    ['text/event-streams', 'other'],
  ])('says of %j: %s', (type, kind) => {
    expect(bodyKindOf(headWith(type))).toBe(kind);
  });

  it('says of no type: events', () => {
    expect(bodyKindOf(headWith())).toBe('events');
  });
});

describe('mediaTypeOf', () => {
  it('leaves out parameters, spaces and capitals', () => {
    expect(mediaTypeOf(headWith('  Text/HTML ; charset="a;b"; x=1'))).toBe('text/html');
    expect(mediaTypeOf(headWith())).toBe('');
  });
});
