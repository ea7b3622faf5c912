import fc from 'fast-check';

import { isHtml, errorDetailsIn, errorDetailsOf } from '../../lib/response/errorBody';
import type { ErrorDetails } from '../../lib/errors';

const OTHERWISE = 'no words';

const said = (words: string, rest: Partial<ErrorDetails> = {}): ErrorDetails => ({
  serverMessage: words,
  code: null,
  type: null,
  param: null,
  ...rest,
});

/** An error body as some server sends it, and what it says. */
type Row = readonly [by: string, body: unknown, words: ErrorDetails];

const JSON_BODIES: readonly Row[] = [
  [
    'OpenAI',
    { error: { message: 'Too hot', type: 'invalid_request_error', param: 'temperature', code: 'above_max' } },
    said('Too hot', { type: 'invalid_request_error', param: 'temperature', code: 'above_max' }),
  ],
  [
    'Ollama',
    { error: { message: 'EOF', type: 'api_error', param: null, code: null } },
    said('EOF', { type: 'api_error' }),
  ],
  [
    'llama.cpp',
    { error: { code: 400, message: 'too long', type: 'exceed_context_size_error', n_ctx: 256 } },
    said('too long', { code: 400, type: 'exceed_context_size_error' }),
  ],
  [
    'Groq',
    {
      error: {
        message: 'no call',
        type: 'invalid_request_error',
        code: 'tool_use_failed',
        failed_generation: '',
      },
    },
    said('no call', { type: 'invalid_request_error', code: 'tool_use_failed' }),
  ],
  [
    'OpenRouter',
    {
      error: { message: 'Provider returned error', code: 502, metadata: { raw: '{"error":"x"}' } },
      user_id: 'u',
    },
    said('Provider returned error', { code: 502 }),
  ],
  [
    'Azure, whose code is a text',
    { error: { code: '401', message: 'Denied' } },
    said('Denied', { code: '401' }),
  ],
  [
    'Azure, for a field',
    { error: { code: 'Invalid input', message: 'bad', status: 422, details: [{ loc: ['body'], msg: 'm' }] } },
    said('bad', { code: 'Invalid input' }),
  ],
  [
    'Lemonade',
    {
      error: {
        code: 400,
        details: { response: { error: { message: 'inner' } } },
        message: 'outer',
        type: 't',
      },
    },
    said('outer', { code: 400, type: 't' }),
  ],
  ['Lemonade, Venice, Ollama /api', { error: 'Invalid JSON' }, said('Invalid JSON')],
  [
    'xAI',
    { code: 'Invalid argument', error: 'No such model' },
    said('No such model', { code: 'Invalid argument' }),
  ],
  [
    'Mistral',
    {
      object: 'error',
      message: 'Invalid model',
      type: 'invalid_model',
      param: null,
      code: '1500',
      raw_status_code: 400,
    },
    said('Invalid model', { type: 'invalid_model', code: '1500' }),
  ],
  ['Mistral, for a key', { detail: 'Invalid API Key' }, said('Invalid API Key')],
  [
    'doubleword',
    { code: 400, message: 'Validation', type: 'Bad Request' },
    said('Validation', { code: 400, type: 'Bad Request' }),
  ],
  ['Portkey', { status: 'failure', message: 'Something went wrong' }, said('Something went wrong')],
  [
    'Portkey, for a provider',
    { error: { message: 'groq error: no', type: 't', param: null, code: 400 }, provider: 'groq' },
    said('groq error: no', { type: 't', code: 400 }),
  ],
  [
    'FastAPI, for a field',
    { detail: [{ loc: ['body', 'messages', 0], msg: 'field required', type: 'missing' }, { msg: 'second' }] },
    said('field required', { type: 'missing', param: 'body.messages.0' }),
  ],
  [
    'Cloudflare',
    { success: false, errors: [{ code: 7003, message: 'No route' }], result: null },
    said('No route', { code: 7003 }),
  ],
  [
    'GPUStack',
    { detail: 'failed to decode', error: { detail: 'failed', message: 'failed to decode, try again' } },
    said('failed to decode, try again'),
  ],
  [
    'Google, in an array',
    [{ error: { code: 400, message: 'Bad', status: 'INVALID' } }],
    said('Bad', { code: 400 }),
  ],
  [
    'Ollama, with the JSON of the server behind it',
    {
      error: {
        message: '{"error":{"code":500,"message":"no images","type":"server_error"}}',
        type: 'api_error',
        param: null,
        code: null,
      },
    },
    said('no images', { code: 500, type: 'server_error' }),
  ],
  ['Hugging Face', { error: 'Not found', error_type: 'not_found' }, said('Not found', { type: 'not_found' })],
  [
    'Fastify, whose error is the status in words',
    { statusCode: 404, error: 'Not Found', message: 'Route POST:/v1/x not found' },
    said('Route POST:/v1/x not found'),
  ],
  [
    'NestJS, with a list of messages',
    { statusCode: 400, message: ['too few'], error: 'Bad Request' },
    said('Bad Request'),
  ],
  ['nobody: a text', 'sorry', said('sorry')],
];

describe('wordsOfBody', () => {
  it.each(JSON_BODIES)('reads the shape of %s', (_, body, words) => {
    expect(errorDetailsOf(JSON.stringify(body), OTHERWISE)).toEqual(words);
    expect(errorDetailsOf(JSON.stringify(body, null, 2), OTHERWISE)).toEqual(words);
  });

  it.each<readonly [string, string, string]>([
    [
      'nginx',
      '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n',
      '502 Bad Gateway',
    ],
    [
      'haproxy',
      '<html><body><h1>503 Service Unavailable</h1>\nNo server is available.\n</body></html>\n',
      '503 Service Unavailable: No server is available.',
    ],
    [
      'apache',
      '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN">\n<html><head>\n<title>503 Service Unavailable</title>\n</head><body>\n<h1>Service Unavailable</h1>\n<p>The server is unable to\nservice your request.</p>\n</body></html>',
      '503 Service Unavailable: The server is unable to service your request.',
    ],
    ['a page with attributes', '<!doctype html><html lang="en"><title data-x="1">Sign in</title>', 'Sign in'],
    ['a page without title or heading', '<html><body><p>Hello</p></body></html>', OTHERWISE],
  ])('reads the page of %s', (_, page, words) => {
    expect(errorDetailsOf(page, OTHERWISE)).toEqual(said(words));
  });

  it('reads plain text', () => {
    expect(errorDetailsOf('404 page not found\n', OTHERWISE)).toEqual(said('404 page not found'));
  });

  it('reads JSON that was cut as plain text', () => {
    expect(errorDetailsOf('{"error":{"mess', OTHERWISE)).toEqual(said('{"error":{"mess'));
  });

  it.each([
    '',
    ' \n',
    '""',
    'null',
    '404',
    'true',
    '[]',
    '{}',
    '{"error":null}',
    '{"error":""}',
    '[[]]',
    '{"error":{}}',
  ])('has other words for %j', (body) => {
    expect(errorDetailsOf(body, OTHERWISE)).toEqual(said(OTHERWISE));
  });

  it.each(['{name} is not allowed', '{"tool":"get_weather"}', '{"error":{"code":7}}', '{}', '{'])(
    'keeps the message %j, which is no error of its own',
    (message) => {
      expect(errorDetailsOf(JSON.stringify({ error: { message, code: 400 } }), OTHERWISE)).toMatchObject({
        serverMessage: message,
        type: null,
      });
    },
  );

  it('keeps what an error without a message says beside it', () => {
    const body = { error: { code: 429, type: 'rate_limit', message: '' } };
    expect(errorDetailsOf(JSON.stringify(body), OTHERWISE)).toEqual(
      said(OTHERWISE, { code: 429, type: 'rate_limit' }),
    );
  });

  it.each([
    ['message', { error: { message: { text: 'x' } } }],
    ['code', { error: { message: OTHERWISE, code: { number: 1 } } }],
    ['type', { error: { message: OTHERWISE, type: 400 } }],
    ['param', { error: { message: OTHERWISE, param: ['messages'] } }],
    ['list of errors', { errors: 'x' }],
    ['place of a field', { detail: [{ msg: OTHERWISE, loc: 'body' }] }],
  ])('does not take a %s of another kind', (_, body) => {
    expect(errorDetailsOf(JSON.stringify(body), OTHERWISE)).toEqual(said(OTHERWISE));
  });

  it('reads a body without words under a prototype key', () => {
    expect(errorDetailsOf('{"__proto__":{"error":"polluted"}}', OTHERWISE)).toEqual(said(OTHERWISE));
  });

  const deep = (depth: number, opening: string, closing: string, inside = ''): string =>
    opening.repeat(depth) + inside + closing.repeat(depth);

  it('finds the words in errors that lie in one another', () => {
    const body = deep(4, '{"error":', '}', '{"message":"no"}');
    expect(errorDetailsOf(body, OTHERWISE)).toEqual(said('no'));
  });

  it.each([
    ['errors', deep(50_000, '{"error":', '}', '{}'), OTHERWISE],
    ['lists of errors', deep(50_000, '{"errors":[', ']}', '{}'), OTHERWISE],
    ['lists in an error', `{"error":${deep(50_000, '[', ']')}}`, OTHERWISE],
    ['lists in a place', `{"detail":[{"msg":"no","loc":${deep(50_000, '[', ']')}}]}`, 'no'],
  ])('looks no deeper than it can: %s', (_, body, words) => {
    expect(errorDetailsOf(body, OTHERWISE)).toEqual(said(words));
  });

  it('reads any body without failing, and always says something', () => {
    const key = fc.constantFrom(
      'error',
      'errors',
      'message',
      'detail',
      'msg',
      'loc',
      'code',
      'type',
      'param',
    );
    const json = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom(null, '', 'text', '{"error":"inner"}', 0, 429, false),
        fc.dictionary(key, tie('value'), { maxKeys: 4 }),
        fc.array(tie('value'), { maxLength: 2 }),
      ),
    })).value;
    const page = fc
      .tuple(fc.constantFrom('<html>', '<h1>', '<title>'), fc.string())
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(
        fc.oneof(
          json.map((value) => JSON.stringify(value)),
          page,
          fc.string(),
        ),
        (body) => {
          const { serverMessage: words, ...rest } = errorDetailsOf(body, OTHERWISE);
          expect(words).toMatch(/\S/);
          expect(Object.keys(rest).sort()).toEqual(['code', 'param', 'type']);
          for (const value of Object.values(rest))
            expect(value === null || typeof value !== 'object').toBe(true);
        },
      ),
    );
  });
});

describe('wordsOf', () => {
  it.each(JSON_BODIES)('reads the shape of %s in a frame', (_, frame, words) => {
    expect(errorDetailsIn(frame, OTHERWISE)).toEqual(words);
  });

  it.each([undefined, null, 1, true, '', {}, []])('has other words for %j', (frame) => {
    expect(errorDetailsIn(frame, OTHERWISE)).toEqual(said(OTHERWISE));
  });
});

describe('isHtml', () => {
  it.each([
    '<html>',
    '<!DOCTYPE html>',
    '  \n<HTML lang="en">',
    '<head>',
    '<body class="x">',
    '<title>x',
    '<h1>x',
  ])('knows %j for a page', (body) => expect(isHtml(body)).toBe(true));

  it.each(['', 'text <html>', '{"a":"<html>"}', '<?xml version="1.0"?>', '<htmlx>', 'data: <html>'])(
    'knows %j for none',
    (body) => expect(isHtml(body)).toBe(false),
  );
});
