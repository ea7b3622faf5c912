import { RequestError } from '../../lib/errors';
import { headersOf, redactSecrets, secretsOf } from '../../lib/request/headers';

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

  it('does not change the headers of the config', () => {
    const custom = Object.freeze({ 'X-Title': 'chat' });
    expect(headersOf('application/json', undefined, false, custom)).not.toBe(custom);
  });

  it.each([`${KEY}\n`, `${KEY}\r\nx: y`, `${KEY}\0`, `${KEY}…`, `${KEY}\u200b`, `Ключ${KEY}`])(
    'rejects the key %j without quoting it',
    (key) => {
      expect(messageOf(() => headersOf('application/json', key, false))).toBe(
        'apiKey has a character that cannot be sent in a header, such as a line break',
      );
    },
  );

  it.each([`${KEY}\n`, `${KEY}\r\n`, `${KEY}\0`, `${KEY}🙂`, `\n${KEY}`])(
    'rejects the value %j without quoting it',
    (value) => {
      expect(messageOf(() => headersOf('application/json', undefined, false, { 'Api-Key': value }))).toBe(
        'headers: the value of Api-Key cannot be sent in a header',
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
      `headers: ${JSON.stringify(name)} is not a header name`,
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

describe('secretsOf', () => {
  const url = 'https://llm.example.com/v1/chat/completions';

  it('returns the key and the values of the headers of the config', () => {
    const headers = headersOf('text/event-stream', KEY, true, {
      'api-key': 'abcdef-123',
      'x-project': 'project-7',
    });
    expect(secretsOf({ url, headers })).toEqual([KEY, 'abcdef-123', 'project-7']);
  });

  it.each(['Bearer', 'bearer', 'Basic', 'Key', 'Token'])(
    'returns the key without the scheme %s',
    (scheme) => {
      expect(secretsOf({ url, headers: { authorization: `${scheme} ${KEY}` } })).toEqual([KEY]);
    },
  );

  it('returns nothing for content-type and accept', () => {
    expect(secretsOf({ url, headers: headersOf('text/event-stream', undefined, true) })).toEqual([]);
  });

  it('leaves out values shorter than 8 characters', () => {
    const headers = { 'x-a': '1234567', 'x-b': '12345678', authorization: 'Bearer EMPTY' };
    expect(secretsOf({ url: `${url}?v=1234567`, headers })).toEqual(['12345678']);
  });

  it('leaves out the usual placeholder for a key of Ollama', () => {
    expect(secretsOf({ url, headers: { authorization: 'Bearer ollama' } })).toEqual([]);
  });

  it('returns the values of the query, decoded and encoded, without the version of Azure', () => {
    const query = '?api-version=2024-10-21&key=ab%2Bcd%2Fef%3D%3D';
    expect(secretsOf({ url: url + query, headers: {} })).toEqual(['ab+cd/ef==', 'ab%2Bcd%2Fef%3D%3D']);
  });
});

describe('redactSecrets', () => {
  it('redacts every occurrence of every secret', () => {
    expect(redactSecrets(`a ${KEY} b ${KEY}, abc$&def`, [KEY, 'abc$&def'])).toBe('a *** b ***, ***');
  });

  it('does not change a text without secrets', () => {
    expect(redactSecrets('nothing here', [KEY])).toBe('nothing here');
    expect(redactSecrets(KEY, [])).toBe(KEY);
  });

  it.each([
    ['.NET', String.raw`{"message":"no: ab\u002Bcd/ef\u003d\u003D\u0026"}`],
    ['PHP', String.raw`{"message":"no: ab+cd\/ef==&"}`],
    ['Go', String.raw`{"message":"no: ab+cd/ef==\u0026"}`],
    ['Python', '{"message":"no: ab+cd/ef==&"}'],
  ])('redacts a secret as %s escapes it in JSON', (_, body) => {
    const shown = redactSecrets(body, ['ab+cd/ef==&']);
    expect(JSON.parse(shown)).toEqual({ message: 'no: ***' });
  });

  it('keeps a backslash before a secret', () => {
    expect(redactSecrets(`C:\\${KEY}`, [KEY])).toBe('C:\\***');
  });

  it('redacts a secret that JSON escapes', () => {
    const secret = String.raw`a"b\c/d`;
    expect(redactSecrets(JSON.stringify({ secret }), [secret])).toBe('{"secret":"***"}');
  });

  it('treats a secret as text, not as a pattern', () => {
    expect(redactSecrets('abcdef', ['a.*f.*'])).toBe('abcdef');
    expect(redactSecrets('(((((((', ['((((((('])).toBe('***');
  });
});
