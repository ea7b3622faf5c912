import { inspect } from 'node:util';

import fc from 'fast-check';
import { isLeft } from 'fp-ts/Either';
import { from, lastValueFrom, materialize, of, throwError, toArray } from 'rxjs';
import { recordTransport, type Tape } from 'rxjs-chat-completions/testing';

import { chatCompletion$ } from '../../lib/call/chatCompletion';
import { completion$ } from '../../lib/call/completion';
import type { ChatConfig } from '../../lib/call/config';
import { fetchTransport } from '../../lib/transport/fetchTransport';
import { ConnectionError, isChatError } from '../../lib/errors';
import { headersOf } from '../../lib/request/headers';
import { redactError, redactIn, redactorOf } from '../../lib/request/redact';
import { createSecretFinder } from '../../lib/request/secretFinder';
import { secretsOf } from '../../lib/request/secrets';
import type { Bytes, ResponseHead, Transport } from '../../lib/transport/transport';
import { withGlobals } from '../helpers/withGlobals';

const KEY = 'sk-Ab+cd/ef==12';
const url = 'https://llm.example.com/v1/chat/completions';
const redact = redactorOf({ url, headers: { authorization: `Bearer ${KEY}` } });

describe('the secrets of a request', () => {
  it('are the key and the values of custom headers', () => {
    const headers = headersOf('text/event-stream', KEY, true, {
      'api-key': 'abcdef-123',
      'x-project': 'project-7',
    });
    expect(secretsOf({ url, headers })).toEqual([KEY, 'abcdef-123', 'project-7']);
  });

  it.each(['Bearer', 'bearer', 'Basic', 'Key', 'Token', 'Bearer Bearer'])(
    'do not contain the scheme %s',
    (scheme) => {
      expect(secretsOf({ url, headers: { 'x-key': `${scheme} ${KEY} ` } })).toContain(KEY);
    },
  );

  it('are the values of cookies and parameters', () => {
    const headers = {
      cookie: 'session=abcdefgh1; theme="ijklmnop2"',
      authorization: 'Token token="qrstuvwx3"',
    };
    expect(secretsOf({ url, headers })).toEqual(
      expect.arrayContaining(['abcdefgh1', 'ijklmnop2', 'qrstuvwx3']),
    );
  });

  it('are the credentials in Basic', () => {
    for (const [password, encoding] of [
      ['correct-horse', 'utf8'],
      ['верный-конь', 'utf8'],
      ['pässwörd9', 'latin1'],
    ] as const) {
      // With a line feed, as `echo … | base64` encodes it.
      const credentials = Buffer.from(`user:${password}\n`, encoding).toString('base64');
      expect(secretsOf({ url, headers: { authorization: `Basic ${credentials}` } })).toEqual(
        expect.arrayContaining([`user:${password}`, password]),
      );
    }
  });

  it('are the credentials in Basic without a TextDecoder too, as in React Native', () => {
    const headers = { authorization: `Basic ${btoa('user:correct-horse')}` };
    const secrets = withGlobals({ TextDecoder: undefined }, () => secretsOf({ url, headers }));
    expect(secrets).toContain('correct-horse');
  });

  it('are the values of the query, except Azure’s version', () => {
    const query = '?api-version=2024-10-21&key=ab%2Bcd%2Fef%3D%3D';
    expect(secretsOf({ url: url + query, headers: {} })).toEqual(['ab+cd/ef==']);
  });

  it('are the fields of JSON in a header, and of a signature', () => {
    const headers = {
      'x-portkey-config': '{"provider":"openai","api_key":"abcdefgh1"}',
      authorization: 'AWS4-HMAC-SHA256 Credential=ijklmnop2, Signature=qrstuvwx3',
    };
    expect(secretsOf({ url, headers })).toEqual(
      expect.arrayContaining(['abcdefgh1', 'ijklmnop2', 'qrstuvwx3']),
    );
    expect(secretsOf({ url, headers })).not.toContain('openai');
  });

  it('are the fields of the body with the name of a secret', () => {
    const body = JSON.stringify({
      model: 'a-long-model',
      messages: [{ role: 'user', content: '{"api_key":"of the user"}' }],
      api_key: 'abcdefgh1',
      data_sources: [{ authentication: { type: 'api_key', key: 'ijklmnop2' } }],
      tools: [
        { type: 'mcp', headers: { Authorization: 'Bearer qrstuvwx3' } },
        { type: 'mcp', server_url: 'https://mcp.example.com/?tavilyApiKey=yzabcdef4&region=eu-central-1' },
      ],
      max_tokens: 12345678,
    });
    expect(secretsOf({ url, headers: {}, body })).toEqual([
      'abcdefgh1',
      'ijklmnop2',
      'qrstuvwx3',
      'yzabcdef4',
    ]);
  });

  it.each([
    'aws_secret_access_key',
    'secretAccessKey',
    'accountKey',
    'subscription-key',
    'private_key',
    'vertex_credentials',
    'connection_string',
    'Cookie',
  ])('are the field %s of the body', (name) => {
    const body = JSON.stringify({
      model: 'a-long-model',
      prompt_cache_key: 'a-long-name',
      [name]: 'abcdefgh1',
    });
    expect(secretsOf({ url, headers: {}, body })).toEqual(['abcdefgh1']);
  });

  it.each([
    ['x-portkey-provider', 'anthropic'],
    ['cache-control', 'no-cache'],
    ['accept-encoding', 'identity'],
    ['connection', 'keep-alive'],
    ['x-request-id', '4bf92f3577b34da6'],
    ['x-client-request-id', '4bf92f3577b34da6'],
    ['x-b3-traceid', '4bf92f3577b34da6'],
    ['traceparent', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'],
    ['origin', 'https://app.example.com'],
  ])('are not the values of %s, which servers repeat', (name, value) => {
    expect(secretsOf({ url, headers: { [name]: value } })).toEqual([]);
  });

  it('are not the media types', () => {
    expect(secretsOf({ url, headers: headersOf('text/event-stream', undefined, true) })).toEqual([]);
  });

  it('have eight characters or more', () => {
    const headers = { 'x-a': '1234567', 'x-b': '12345678', authorization: 'Bearer EMPTY' };
    expect(secretsOf({ url: `${url}?v=1234567`, headers })).toEqual(['12345678']);
  });

  it.each(['ollama', 'lm-studio', 'sk-no-key-required'])('are not the placeholder %s', (key) => {
    const headers = headersOf('text/event-stream', key, true);
    expect(redactorOf({ url, headers })(`model ${key}-community/x not found`)).toBe(
      `model ${key}-community/x not found`,
    );
  });
});

describe('redaction', () => {
  it.each([
    ['plain', `no: ${KEY}.`, 'no: ***.'],
    ['twice', `${KEY} ${KEY}`, '*** ***'],
    ['.NET', String.raw`no: sk-Ab\u002Bcd/ef\u003d\u003D12`, 'no: ***'],
    ['PHP', String.raw`no: sk-Ab+cd\/ef==12`, 'no: ***'],
    ['JSON in JSON', String.raw`"{\"m\":\"sk-Ab\\u002bcd\\/ef==12\"}"`, String.raw`"{\"m\":\"***\"}"`],
    ['a URL', 'no: sk-Ab%2Bcd%2fef%3D%3D12', 'no: ***'],
    ['a URL in a URL', 'no: sk-Ab%252Bcd%252Fef%253D%253D12', 'no: ***'],
    ['HTML', 'no: sk-Ab&#43;cd&#x2F;ef&equals;&#061;12', 'no: ***'],
    ['HTML, by names', 'no: sk&hyphen;Ab&plus;cd&sol;ef&equals;&equals;12', 'no: ***'],
    ['HTML in HTML', 'no: sk-Ab&amp;#43;cd&#38;#x2F;ef&#x26;amp;equals;=12', 'no: ***'],
    ['HTML in JSON', String.raw`no: sk-Ab\u0026#43;cd/ef==12`, 'no: ***'],
    ['lower case', 'no: sk-ab+cd/ef==12', 'no: ***'],
    ['cut at the end', 'no: sk-Ab+c', 'no: ***'],
    ['cut before an ellipsis', 'expected number, got "sk-Ab+cd…"', 'expected number, got "***…"'],
    ['cut inside an escape', String.raw`no: sk-Ab\u00`, 'no: ***'],
    ['cut before three dots', 'no: sk-Ab+... given', 'no: ***... given'],
    ['another text', 'sk-A model sk-other', 'sk-A model sk-other'],
  ])('finds a secret: %s', (_, text, redacted) => {
    expect(redact(text)).toBe(redacted);
  });

  it.each([
    ['407 from http://user:pass@proxy.example.com:8080', '407 from http://***@proxy.example.com:8080'],
    ['via "https://key@proxy.example.com"', 'via "https://***@proxy.example.com"'],
    ['https://example.com/@name or a@b.example', 'https://example.com/@name or a@b.example'],
  ])('finds the credentials in a URL: %s', (text, redacted) => {
    expect(redact(text)).toBe(redacted);
  });

  it.each<readonly [string, (hex: string) => string]>([
    ['JSON', (hex) => `\\u00${hex}`],
    ['JSON in JSON', (hex) => `\\\\u00${hex}`],
    ['Python', (hex) => `\\x${hex}`],
    ['a URL', (hex) => `%${hex}`],
    ['HTML', (hex) => `&#x${hex};`],
  ])('finds a secret of which each character is escaped: %s', (_, escape) => {
    fc.assert(
      fc.property(fc.stringMatching(/^[!-[\]-~]{8,40}$/), (secret) => {
        const escaped = Array.from(secret, (char) => escape(char.charCodeAt(0).toString(16))).join('');
        const [found] = createSecretFinder([secret])(`no: ${escaped} .`);
        expect(found).toMatchObject({ end: 4 + escaped.length });
      }),
    );
  });

  it.each([
    ['a backslash before a percent sign', String.raw`ab\%cd/ef12`, 'ab%5C%25cd%2Fef12'],
    ['a backslash before an ampersand', String.raw`ab\&cd/ef12`, 'ab&#92;&#38;cd&#47;ef12'],
    ['a backslash before a u', String.raw`ab\ucd/ef12`, String.raw`ab\\ucd/ef12`],
    ['the name of a character in HTML', 'ab&lt;cd/ef12', 'ab&lt;cd%2fef12'],
    ['a line feed in JSON', '-- KEY --\nab12', String.raw`-- KEY --\\nab12`],
    ['a line break of Windows in JSON, shown as it is', String.raw`-- KEY --\r\nab12`, '-- KEY --\r\nab12'],
    ['a line feed in JSON, by its number', '-- KEY --\nab12', String.raw`-- KEY --\u000aab12`],
    ['a line feed in HTML', '-- KEY --\nab12', '-- KEY --&#10;ab12'],
    ['a tab in HTML', 'abc\tdefghij', 'abc&#x9;defghij'],
    ['a line feed in a URL', '-- KEY --\nab12', '--+KEY+--%0Aab12'],
    ['an escaped line feed', String.raw`-- KEY --\nab12`, '-- KEY --\nab12'],
    ['a backslash before an n', String.raw`domain\name12`, String.raw`domain\\name12`],
  ])('finds a secret with %s', (_, secret, text) => {
    expect(createSecretFinder([secret])(text)).toEqual([{ start: 0, end: text.length }]);
  });

  it('finds the beginning of a long secret', () => {
    const redactLong = redactorOf({ url, headers: { 'x-key': `sk-proj-${'A1b2C3d4'.repeat(8)}` } });
    expect(redactLong('no: "sk-proj-A1b2C3d4A1b2" given')).toBe('no: "***" given');
    expect(redactLong('a key begins with sk-proj-')).toBe('a key begins with ***');
    expect(redactLong('sk-proj-A1 is not one')).toBe('sk-proj-A1 is not one');
  });

  it('reads a secret as text, not as a pattern', () => {
    expect(createSecretFinder(['a.*f.*xx'])('abcdefxx')).toEqual([]);
    expect(createSecretFinder(['(((((((('])('((((((((')).toEqual([{ start: 0, end: 8 }]);
  });

  it('takes time in proportion to the text', () => {
    const find = createSecretFinder(['aaaaaaaaaaaaaaab', String.raw`\\\\\\\\\\x`, '/aaaaaaa']);
    for (const text of [
      'a'.repeat(200_000),
      '\\'.repeat(200_000),
      '%25'.repeat(60_000),
      '&amp;'.repeat(40_000),
      '&amp;#92;'.repeat(25_000),
      '//'.repeat(100_000),
    ]) {
      expect(find(text).length).toBeLessThan(2);
      expect(redact(text)).toBe(text);
    }
  });

  it('redacts a stack that is an accessor of the prototype, as in some engines', () => {
    const key = 'a-key-of-its-own';
    const error = new ConnectionError(key, 'connect');
    let stack = String(error.stack);
    Reflect.deleteProperty(error, 'stack');
    class Engine extends ConnectionError {}
    Object.defineProperty(Engine.prototype, 'stack', {
      get: () => stack,
      set: (value: string) => {
        stack = value;
      },
    });
    Object.setPrototypeOf(error, Engine.prototype);
    redactError(error, (text) => text.replaceAll(key, '***'));
    expect(error.stack).toMatch(/^ConnectionError: \*\*\*/);
  });

  it('redacts the names and the values of JSON', () => {
    expect(redactIn({ [KEY]: [KEY, { a: KEY, b: 1 }] }, redact)).toEqual({
      '***': ['***', { a: '***', b: 1 }],
    });
  });

  it('reduces a cause to name, message and code', () => {
    const cause = Object.assign(new TypeError(`bad ${KEY}`), {
      code: 'E',
      request: { headers: KEY },
      cause: KEY,
    });
    const error = redactError(new ConnectionError(`no ${KEY}`, 'connect', KEY, { cause }), redact);
    expect(error).toMatchObject({ message: 'no ***', code: '***', _tag: 'ConnectionError' });
    expect(error.cause).toEqual({ name: 'TypeError', message: 'bad ***', code: 'E' });
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(KEY);
    expect(Object.keys(error)).not.toContain('cause');
  });
});

/** The ways in which a server or a gateway may write a key that it repeats. */
const ENCODINGS: Readonly<Record<string, (text: string) => string>> = {
  plain: (text) => text,
  json: (text) => JSON.stringify(text).slice(1, -1),
  php: (text) => JSON.stringify(text).slice(1, -1).replaceAll('/', '\\/'),
  unicode: (text) => text.replace(/[^\w ]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`),
  jsonInJson: (text) => JSON.stringify(JSON.stringify(text)).slice(3, -3),
  url: encodeURIComponent,
  form: (text) => encodeURIComponent(text).replaceAll('%20', '+'),
  urlTwice: (text) => encodeURIComponent(encodeURIComponent(text)),
  html: (text) => text.replace(/[&<>"'/+=]/g, (c) => `&#${c.charCodeAt(0)};`),
  htmlNames: (text) =>
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
  htmlInJson: (text) =>
    JSON.stringify(text.replace(/[&<>"'/+=]/g, (c) => `&#x${c.charCodeAt(0).toString(16)};`)).slice(1, -1),
};

const key = fc
  .stringMatching(/^[A-Za-z0-9][A-Za-z0-9 +/=_.&"<>~%-]{10,60}[A-Za-z0-9]$/)
  .filter((text) => !/\s[\w-]*$/.test(text) || !/ {2}/.test(text));

/** The forms of a key in the config. */
const CONFIGS: Readonly<Record<string, (secret: string) => ChatConfig>> = {
  apiKey: (secret) => ({ apiKey: secret }),
  'apiKey with blanks': (secret) => ({ apiKey: ` ${secret}\t` }),
  'apiKey with a scheme': (secret) => ({ apiKey: `Bearer ${secret}` }),
  'a function': (secret) => ({ apiKey: () => of(secret) }),
  header: (secret) => ({ headers: { 'api-key': secret } }),
  'header with a scheme': (secret) => ({ headers: { 'x-auth': `Bearer ${secret}` } }),
  query: (secret) => ({ baseURL: `http://llm.example.com/v1?key=${encodeURIComponent(secret)}` }),
};

const stream = (type: string, status = 200): ResponseHead => ({ status, headers: { 'content-type': type } });
const bytes = (text: string): Bytes => new TextEncoder().encode(text);
const sse = 'text/event-stream';

/** The places in which a server may repeat a key. */
const PLACES: Readonly<Record<string, (echo: string) => Transport>> = {
  'body of an error': (echo) => () =>
    of(
      stream('application/json', 401),
      bytes(`{"error":{"message":"${echo}","code":"${echo}","type":"${echo}","param":"${echo}"}}`),
    ),
  'text of an error': (echo) => () => of(stream('text/plain', 403), bytes(`no: ${echo}`)),
  'page of an error': (echo) => () =>
    of(stream('text/html', 502), bytes(`<html><title>${echo}</title><h1>Bad</h1> ${echo}`)),
  'unknown shape': (echo) => () =>
    of(stream('application/json', 400), bytes(`{"a":{"b":["${echo}"]},"${echo}":1}`)),
  'headers of an error': (echo) => () =>
    of({ status: 500, headers: { 'x-request-id': echo, 'content-type': echo } }, bytes('{}')),
  'error under 200': (echo) => () => of(stream('application/json'), bytes(`{"error":"${echo}"}`)),
  'error in a stream': (echo) => () =>
    of(stream(sse), bytes(`data: {"error":{"message":"${echo}","metadata":{"raw":"${echo}"}}}\n\n`)),
  'named error': (echo) => () => of(stream(sse), bytes(`event: error\ndata: ${echo}\n\n`)),
  'name of an event': (echo) => () => of(stream(sse), bytes(`event: ${echo}\ndata: {"error":"${echo}"}\n\n`)),
  'payload that is not JSON': (echo) => () => of(stream(sse), bytes(`data: no ${echo}\n\n`)),
  'payload of another kind': (echo) => () => of(stream(sse), bytes(`data: {"choices":"${echo}"}\n\n`)),
  'nested payload': (echo) => () =>
    of(stream(sse), bytes(`data: {"choices":[{"delta":{"tool_calls":"${echo}"}}],"x":"${echo}"}\n\n`)),
  'unexpected content type': (echo) => () => of(stream(echo), bytes(`no ${echo}`)),
  'unexpected text': (echo) => () => of(stream(sse), bytes(`no ${echo}`)),
  'text in the place of JSON': (echo) => () => of(stream('application/json'), bytes(`no ${echo}`)),
  'cut of an unexpected text': (echo) => () => of(stream(sse), bytes(`${'x'.repeat(190)}${echo}`)),
  'unexpected page': (echo) => () => of(stream('text/html'), bytes(`<html><title>${echo}</title>`)),
  'finish reason': (echo) => () =>
    of(stream(sse), bytes(`data: {"choices":[{"finish_reason":"error"}],"x":"${echo}"}\n\n`)),
  'cut body': (echo) => () => of(stream('text/plain', 500), bytes(`${'x'.repeat(1_996)}${echo}`)),
  'failure of the transport': (echo) => () =>
    throwError(() => Object.assign(new Error(`no ${echo}`, { cause: new Error(echo) }), { url: echo })),
  'failure of fetch': (echo) =>
    fetchTransport({
      fetch: () =>
        Promise.reject(
          new TypeError('fetch failed', { cause: Object.assign(new Error(`bad ${echo}`), { code: 'X' }) }),
        ),
    }),
  redirect: (echo) =>
    fetchTransport({
      fetch: () =>
        Promise.resolve(
          new Response(null, {
            status: 302,
            headers: { location: `http://other.example/${encodeURI(echo)}?k=${encodeURI(echo)}` },
          }),
        ),
    }),
};

describe('a key in the path of the base URL', () => {
  const secret = 'sk-A1b2C3d4+e5';

  it.each(Object.keys(PLACES))('is in no error, no hook and no tape: %s', async (place) => {
    const shown: unknown[] = [];
    const config: ChatConfig = {
      baseURL: `https://llm.example.com/${encodeURIComponent(secret)}`,
      hooks: (info) => {
        shown.push(info);
        return { onRequest: (request) => shown.push(request), onError: (error) => shown.push(error) };
      },
      transport: recordTransport(PLACES[place]!(secret), (tape) => shown.push(tape)),
    };
    // What a model answers is the app's; an error is not.
    const values = await lastValueFrom(
      chatCompletion$(config, { model: 'm', messages: [] }).pipe(materialize(), toArray()),
    );
    shown.push(
      ...values.filter((value) => value.kind === 'E' || (value.kind === 'N' && isLeft(value.value))),
    );
    const text = shown.map((value) => inspect(value, { depth: 20 }) + JSON.stringify(value)).join();
    expect(text).not.toMatch(/sk-A1b2C3d4/);
    expect(text).toContain('https://llm.example.com/***/chat/completions');
  });
});

describe('a secret that a server repeats', () => {
  const check = async (place: string, encoding: string, secret: string, form: string): Promise<void> => {
    const echo = ENCODINGS[encoding]!(secret);
    // HTTP allows no such character there.
    const isHeader = ['headers of an error', 'unexpected content type', 'redirect'].includes(place);
    const transport = PLACES[place]!(isHeader ? echo.replace(/[^\x20-\x7e]/g, '') : echo);
    const tapes: Tape[] = [];
    const config: ChatConfig = {
      ...CONFIGS[form]!(secret),
      transport: recordTransport(transport, (tape) => tapes.push(tape)),
    };
    const request = { model: 'm', messages: [] };
    for (const call of [chatCompletion$, completion$] as const) {
      const values = await lastValueFrom(from(call(config, request)).pipe(materialize(), toArray()));
      const end = values.at(-1);
      if (end?.kind === 'E') expect(isChatError(end.error)).toBe(true);
      // What a model answers is the app's; an error is not.
      const shown = values.flatMap((value): readonly unknown[] => {
        if (value.kind === 'E') return [value.error];
        return value.kind === 'N' && '_tag' in value.value && isLeft(value.value) ? [value.value] : [];
      });
      const texts = [
        ...shown.map((value) => inspect(value, { depth: 20, showHidden: true })),
        ...shown.map((value) => JSON.stringify(value)),
        ...shown.map((value) => String((value as { message?: unknown }).message)),
        ...shown.map((value) => String((value as { stack?: unknown }).stack)),
        JSON.stringify(tapes),
        ...tapes.map(({ reads }) => reads.map((read) => JSON.stringify(read)).join('')),
      ];
      for (const form of [secret, echo]) {
        // An echo without a character that needs an escape is the secret itself.
        expect(texts.filter((text) => text.includes(form))).toEqual([]);
      }
    }
  };

  // Each encoding in each place, with a key and its form in the config at random.
  const runs = Object.keys(PLACES).flatMap((place) =>
    Object.keys(ENCODINGS).map((encoding) => [place, encoding] as const),
  );
  const keys = fc.sample(fc.tuple(key, fc.constantFrom(...Object.keys(CONFIGS))), runs.length);

  it.each(runs.map((run, i) => [...run, ...keys[i]!] as const))(
    'is in no error, no Left and no tape: %s, %s',
    check,
  );
});
