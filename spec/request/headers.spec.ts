import { RequestError } from '../../lib/errors';
import { headersOf } from '../../lib/request/headers';

const KEY = 'sk-never-to-be-seen';

/** What refusing looks like: an error of ours without the secret. */
function refusalOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(RequestError);
    expect(
      JSON.stringify(error) + String((error as Error).stack) + String((error as Error).cause),
    ).not.toContain(KEY);
    return (error as Error).message;
  }
  return 'nothing was refused';
}

describe('headersOf', () => {
  it('sends type, accept and authorization, and no more', () => {
    expect(headersOf('text/event-stream', KEY, true)).toEqual({
      accept: 'text/event-stream',
      'content-type': 'application/json',
      authorization: `Bearer ${KEY}`,
    });
  });

  it('names no type without a body', () => {
    expect(headersOf('application/json', KEY, false)).toEqual({
      accept: 'application/json',
      authorization: `Bearer ${KEY}`,
    });
  });

  it.each([undefined, ''])('sends no authorization with %j for a key', (key) => {
    expect(headersOf('application/json', key, false)).toEqual({ accept: 'application/json' });
  });

  it('lets the caller’s own win, however they are written', () => {
    const own = {
      Accept: 'a/b',
      'CONTENT-TYPE': 'c/d',
      Authorization: 'Basic abc',
      'Api-Key': 'k',
      'X-Title': '',
    };
    expect(headersOf('application/json', KEY, true, own)).toEqual({
      accept: 'a/b',
      'content-type': 'c/d',
      authorization: 'Basic abc',
      'api-key': 'k',
      'x-title': '',
    });
  });

  it('leaves the caller’s own as they were', () => {
    const own = Object.freeze({ 'X-Title': 'chat' });
    expect(headersOf('application/json', undefined, false, own)).not.toBe(own);
  });

  it.each([`${KEY}\n`, `${KEY}\r\nx: y`, `${KEY}\0`, `${KEY}…`, `${KEY}\u200b`, `Ключ${KEY}`])(
    'refuses the key %j without showing it',
    (key) => {
      expect(refusalOf(() => headersOf('application/json', key, false))).toBe(
        'apiKey has a character that cannot be sent in a header, such as a line break',
      );
    },
  );

  it.each([`${KEY}\n`, `${KEY}\r\n`, `${KEY}\0`, `${KEY}🙂`, `\n${KEY}`])(
    'refuses the value %j without showing it',
    (value) => {
      expect(refusalOf(() => headersOf('application/json', undefined, false, { 'Api-Key': value }))).toBe(
        'headers: the value of Api-Key cannot be sent in a header',
      );
    },
  );

  it.each([undefined, null, 7, ['a']])('refuses the value %j, which is no text', (value) => {
    const own = { 'api-key': value } as unknown as Record<string, string>;
    expect(refusalOf(() => headersOf('application/json', undefined, false, own))).toMatch(/value of api-key/);
  });

  it.each(['', 'a b', 'a:', 'a\n', 'naïve', '[x]', 'a,b'])('refuses the name %j', (name) => {
    expect(refusalOf(() => headersOf('application/json', undefined, false, { [name]: KEY }))).toBe(
      `headers: ${JSON.stringify(name)} is not a header name`,
    );
  });

  it.each(['\t', ' ~!', 'é', 'ÿ'])('sends the value %j', (value) => {
    expect(headersOf('application/json', undefined, false, { 'x-a': value })['x-a']).toBe(value);
    expect(() => new Headers({ 'x-a': value })).not.toThrow();
  });

  it('makes headers that fetch takes', () => {
    expect(
      () => new Headers(headersOf('text/event-stream', KEY, true, { 'X-!#$%&*+^_`|~': 'é' })),
    ).not.toThrow();
  });

  it('pollutes no prototype', () => {
    const own = JSON.parse('{"__proto__":"polluted"}') as Record<string, string>;
    headersOf('application/json', undefined, false, own);
    expect(Object.prototype).not.toHaveProperty('polluted');
    expect(({} as { readonly length?: unknown }).length).toBeUndefined();
  });
});
