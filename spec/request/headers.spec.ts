import { RequestError } from '../../lib/errors';
import { headersOf } from '../../lib/request/headers';

const KEY = 'sk-never-in-an-error';

/** Returns the message of the thrown error, which is a RequestError without the key. */
function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(RequestError);
    expect(
      JSON.stringify(error) + String((error as Error).stack) + String((error as Error).cause),
    ).not.toContain(KEY);
    return (error as Error).message;
  }
  return 'nothing was thrown';
}

describe('headersOf', () => {
  it('returns content-type, accept and authorization only', () => {
    expect(headersOf('text/event-stream', KEY, true)).toEqual({
      accept: 'text/event-stream',
      'content-type': 'application/json',
      authorization: `Bearer ${KEY}`,
    });
  });

  it('returns no content-type without a body', () => {
    expect(headersOf('application/json', KEY, false)).toEqual({
      accept: 'application/json',
      authorization: `Bearer ${KEY}`,
    });
  });

  it.each([undefined, ''])('returns no authorization with the key %j', (key) => {
    expect(headersOf('application/json', key, false)).toEqual({ accept: 'application/json' });
  });

  it('prefers the headers of the config, in any case', () => {
    const custom = {
      Accept: 'a/b',
      'CONTENT-TYPE': 'c/d',
      Authorization: 'Basic abc',
      'Api-Key': 'k',
      'X-Title': '',
    };
    expect(headersOf('application/json', KEY, true, custom)).toEqual({
      accept: 'a/b',
      'content-type': 'c/d',
      authorization: 'Basic abc',
      'api-key': 'k',
      'x-title': '',
    });
  });

  it('sends the key as api-key if the profile names that header', () => {
    expect(headersOf('application/json', KEY, false, {}, 'api-key')).toEqual({
      accept: 'application/json',
      'api-key': KEY,
    });
    expect(messageOf(() => headersOf('application/json', `${KEY}\n`, false, {}, 'api-key'))).toMatch(
      /^apiKey cannot/,
    );
  });

  it.each([
    ['Authorization', 'authorization', `Bearer ${KEY}`],
    ['API-Key', 'api-key', KEY],
  ])('accepts %s in any case, as JavaScript allows', (keyHeader, name, value) => {
    const headers = headersOf('application/json', KEY, false, {}, keyHeader as 'api-key');
    expect(headers).toEqual({ accept: 'application/json', [name]: value });
    const own = headersOf('application/json', KEY, false, { [name]: 'own' }, keyHeader as 'api-key');
    expect(own).toEqual({ accept: 'application/json', [name]: 'own' });
  });

  it('does not change the headers of the config', () => {
    const custom = Object.freeze({ 'X-Title': 'chat' });
    expect(headersOf('application/json', undefined, false, custom)).not.toBe(custom);
  });

  it.each([`${KEY}\n`, `${KEY}\r\nx: y`, `${KEY}\0`, `${KEY}…`, `${KEY}\u200b`, `Ключ${KEY}`])(
    'rejects the key %j without quoting it',
    (key) => {
      expect(messageOf(() => headersOf('application/json', key, false))).toBe(
        'apiKey cannot be sent in a header: use a string of one line, in Latin-1',
      );
    },
  );

  it.each([`${KEY}\n`, `${KEY}\r\n`, `${KEY}\0`, `${KEY}🙂`, `\n${KEY}`])(
    'rejects the value %j without quoting it',
    (value) => {
      expect(messageOf(() => headersOf('application/json', undefined, false, { 'Api-Key': value }))).toBe(
        'the value of Api-Key cannot be sent in a header: use a string of one line, in Latin-1',
      );
    },
  );

  it.each([undefined, null, 7, ['a']])('rejects the value %j, which is not a string', (value) => {
    const custom = { 'api-key': value } as unknown as Record<string, string>;
    expect(messageOf(() => headersOf('application/json', undefined, false, custom))).toMatch(
      /value of api-key/,
    );
  });

  it.each(['', 'a b', 'a:', 'a\n', 'naïve', '[x]', 'a,b'])('rejects the name %j', (name) => {
    expect(messageOf(() => headersOf('application/json', undefined, false, { [name]: KEY }))).toBe(
      `headers: ${JSON.stringify(name)} is not a header name: use letters, digits and -`,
    );
  });

  // As in the headers of another request that are passed on. With another length a server waits for the rest of the body.
  it.each(['content-length', 'Content-Length', 'Transfer-Encoding', 'expect', 'keep-alive', 'Upgrade'])(
    'rejects %s, which belongs to the connection',
    (name) => {
      expect(messageOf(() => headersOf('application/json', KEY, true, { [name]: '5' }))).toBe(
        `headers: ${name.toLowerCase()} belongs to the connection, leave it out`,
      );
    },
  );

  it('does not show a key that is part of a name', () => {
    const custom = { [`Authorization: Bearer ${KEY}`]: '' };
    expect(messageOf(() => headersOf('application/json', undefined, false, custom))).toBe(
      'headers: "Authorization:…" is not a header name: use letters, digits and -',
    );
  });

  it.each(['\t', ' ~!', 'é', 'ÿ'])('accepts the value %j', (value) => {
    expect(headersOf('application/json', undefined, false, { 'x-a': value })['x-a']).toBe(value);
    expect(() => new Headers({ 'x-a': value })).not.toThrow();
  });

  it('returns headers that fetch accepts', () => {
    expect(
      () => new Headers(headersOf('text/event-stream', KEY, true, { 'X-!#$%&*+^_`|~': 'é' })),
    ).not.toThrow();
  });

  it('pollutes no prototype', () => {
    const custom = JSON.parse('{"__proto__":"polluted"}') as Record<string, string>;
    headersOf('application/json', undefined, false, custom);
    expect(Object.prototype).not.toHaveProperty('polluted');
    expect(({} as { readonly length?: unknown }).length).toBeUndefined();
  });
});
