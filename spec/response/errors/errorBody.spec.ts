import fc from 'fast-check';

import { isHtml, errorDetailsIn, errorDetailsOf } from '../../../lib/response/errors/errorBody';
import type { ErrorDetails } from '../../../lib/errors';

const details = (serverMessage: string, rest: Partial<ErrorDetails> = {}): ErrorDetails => ({
  serverMessage,
  code: null,
  type: null,
  param: null,
  ...rest,
});

/** An error body as a server sends it, and its details. */
type Row = readonly [from: string, body: unknown, expected: ErrorDetails];

const JSON_BODIES: readonly Row[] = [
  [
    'OpenAI',
    { error: { message: 'Too hot', type: 'invalid_request_error', param: 'temperature', code: 'above_max' } },
    details('Too hot', { type: 'invalid_request_error', param: 'temperature', code: 'above_max' }),
  ],
  [
    'Ollama',
    { error: { message: 'EOF', type: 'api_error', param: null, code: null } },
    details('EOF', { type: 'api_error' }),
  ],
  [
    'llama.cpp',
    { error: { code: 400, message: 'too long', type: 'exceed_context_size_error', n_ctx: 256 } },
    details('too long', { code: 400, type: 'exceed_context_size_error' }),
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
    details('no call', { type: 'invalid_request_error', code: 'tool_use_failed' }),
  ],
  [
    'OpenRouter',
    {
      error: { message: 'Provider returned error', code: 502, metadata: { raw: '{"error":"x"}' } },
      user_id: 'u',
    },
    details('Provider returned error', { code: 502 }),
  ],
  [
    'Azure, whose code is a text',
    { error: { code: '401', message: 'Denied' } },
    details('Denied', { code: '401' }),
  ],
  [
    'Azure, for a field',
    { error: { code: 'Invalid input', message: 'bad', status: 422, details: [{ loc: ['body'], msg: 'm' }] } },
    details('bad', { code: 'Invalid input' }),
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
    details('outer', { code: 400, type: 't' }),
  ],
  ['Lemonade, Venice, Ollama /api', { error: 'Invalid JSON' }, details('Invalid JSON')],
  [
    'xAI',
    { code: 'Invalid argument', error: 'No such model' },
    details('No such model', { code: 'Invalid argument' }),
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
    details('Invalid model', { type: 'invalid_model', code: '1500' }),
  ],
  ['Mistral, for a key', { detail: 'Invalid API Key' }, details('Invalid API Key')],
  [
    'doubleword',
    { code: 400, message: 'Validation', type: 'Bad Request' },
    details('Validation', { code: 400, type: 'Bad Request' }),
  ],
  ['Portkey', { status: 'failure', message: 'Something went wrong' }, details('Something went wrong')],
  [
    'Portkey, for a provider',
    { error: { message: 'groq error: no', type: 't', param: null, code: 400 }, provider: 'groq' },
    details('groq error: no', { type: 't', code: 400 }),
  ],
  [
    'FastAPI, for a field',
    { detail: [{ loc: ['body', 'messages', 0], msg: 'field required', type: 'missing' }, { msg: 'second' }] },
    details('field required', { type: 'missing', param: 'body.messages.0' }),
  ],
  [
    'Cloudflare',
    { success: false, errors: [{ code: 7003, message: 'No route' }], result: null },
    details('No route', { code: 7003 }),
  ],
  [
    'GPUStack',
    { detail: 'failed to decode', error: { detail: 'failed', message: 'failed to decode, try again' } },
    details('failed to decode, try again'),
  ],
  [
    'Google, in an array',
    [{ error: { code: 400, message: 'Bad', status: 'INVALID' } }],
    details('Bad', { code: 400 }),
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
    details('no images', { code: 500, type: 'server_error' }),
  ],
  [
    'Hugging Face',
    { error: 'Not found', error_type: 'not_found' },
    details('Not found', { type: 'not_found' }),
  ],
  [
    'Fastify, whose error is the name of the status',
    { statusCode: 404, error: 'Not Found', message: 'Route POST:/v1/x not found' },
    details('Route POST:/v1/x not found'),
  ],
  [
    'NestJS, with a list of messages',
    { statusCode: 400, message: ['too few'], error: 'Bad Request' },
    details('too few'),
  ],
  ['a text', 'sorry', details('sorry')],
  ['a text that is JSON', '{"error":{"message":"no","code":7}}', details('no', { code: 7 })],
  ['FastAPI, around an error', { detail: { error: 'no model' } }, details('no model')],
  [
    'FastAPI, around an error object',
    { detail: { error: { message: 'no', code: 7 } } },
    details('no', { code: 7 }),
  ],
  ['AWS', { Message: 'not authorized' }, details('not authorized')],
  [
    'AWS, with a type',
    { __type: 'ThrottlingException', message: 'slow' },
    details('slow', { type: 'ThrottlingException' }),
  ],
  ['a gateway with msg', { error: { msg: 'no route' } }, details('no route')],
  ['a list of texts', { errors: ['no', 'never'] }, details('no')],
  ['Rails', { errors: { model: ['is missing'] } }, details('is missing', { param: 'model' })],
  [
    'Apigee',
    { fault: { faultstring: 'quota', detail: { errorcode: 'x.Quota' } } },
    details('quota', { code: 'x.Quota' }),
  ],
  ['Vapor', { error: true, reason: 'no body' }, details('no body')],
  [
    'RFC 9457',
    { type: 'https://e.example/no', title: 'Out of credit', detail: 'Your balance is 30', status: 403 },
    details('Out of credit: Your balance is 30', { type: 'https://e.example/no' }),
  ],
  ['RFC 9457, with a title alone', { title: 'Out of credit', status: 403 }, details('Out of credit')],
  [
    'OAuth',
    { error: 'invalid_token', error_description: 'expired' },
    details('expired', { code: 'invalid_token' }),
  ],
  [
    'MiniMax',
    { base_resp: { status_code: 1008, status_msg: 'no balance' } },
    details('no balance', { code: 1008 }),
  ],
  [
    'vLLM behind a gateway',
    { error_type: 'BadRequestError', error_message: 'too long' },
    details('too long', { type: 'BadRequestError' }),
  ],
  ['Baidu', { error_code: 17, error_msg: 'limit' }, details('limit', { code: 17 })],
  ['a number for an error', { error: 500, message: 'gone' }, details('gone', { code: 500 })],
  ['a number for an error, beside a msg', { error: 500, msg: 'gone' }, details('gone', { code: 500 })],
  [
    'a message beside an error without one',
    { error: { code: 7, type: 'spent' }, message: 'gone' },
    details('gone', { code: 7, type: 'spent' }),
  ],
  ['a code behind one of another name', { ret: 1, code: 'c', msg: 'gone' }, details('gone', { code: 'c' })],
  ['a list of errors beside a message', { error: ['no'], message: 'gone' }, details('gone')],
  ['a text inside a choice', { choices: [{ error: 'no' }] }, details('no')],
  ['a flag for an error', { error: true, message: 'gone' }, details('gone')],
  [
    'Mistral, for a field',
    { object: 'error', message: { detail: [{ loc: ['body', 'n'], msg: 'too big' }] } },
    details('too big', { param: 'body.n' }),
  ],
  [
    'the Responses API',
    { type: 'response.failed', response: { error: { code: 'server_error', message: 'no' } } },
    details('no', { code: 'server_error' }),
  ],
  ['Groq, for a stream that it ends early', { x_groq: { id: 'a', error: 'no' } }, details('no')],
  [
    'gateways around an error',
    { data: { error: { code: 7, message: 'no' } }, id: 'a' },
    details('no', { code: 7 }),
  ],
  ['Tencent', { Response: { Error: { Code: 'Busy', Message: 'no' } } }, details('no', { code: 'Busy' })],
  ['gateways, beside a status', { status: 500, body: { message: 'no' } }, details('no')],
  ['gateways, beside a status, as text', { statusCode: 500, body: '{"message":"no"}' }, details('no')],
  ['proxies, beside a status', { status: 503, statusText: 'no' }, details('no')],
  ['events in the payload', { event: 'error', data: { message: 'no' } }, details('no')],
  ['WeChat', { errcode: 40001, errmsg: 'no' }, details('no', { code: 40001 })],
  [
    'a gateway, inside a delta',
    { choices: [{ index: 0, delta: { error: { code: 502, message: 'no' } } }] },
    details('no', { code: 502 }),
  ],
  [
    'OpenRouter, inside a choice',
    { choices: [{ index: 0, error: { code: 502, message: 'no' } }] },
    details('no', { code: 502 }),
  ],
];

describe('errorDetailsOf', () => {
  it.each(JSON_BODIES)('reads the shape of %s', (_, body, expected) => {
    expect(errorDetailsOf(JSON.stringify(body))).toEqual(expected);
    expect(errorDetailsOf(JSON.stringify(body, null, 2))).toEqual(expected);
  });

  it.each<readonly [string, string, string]>([
    [
      'nginx',
      '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n',
      '502 Bad Gateway',
    ],
    ['a heading before blanks without end', `<h1>Bad</h1>${' '.repeat(10_000_000)}`, 'Bad'],
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
    [
      'Express, whose message is preformatted',
      '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Error</title>\n</head>\n<body>\n<pre>Cannot POST /chat/completions</pre>\n</body>\n</html>\n',
      'Error: Cannot POST /chat/completions',
    ],
    [
      'a load balancer of Google',
      '\n<html><head>\n<title>502 Server Error</title>\n</head>\n<body text=#000000>\n<h1>Error: Server Error</h1>\n<h2>The server encountered a temporary error.<p>Please try again.</h2>\n</body></html>\n',
      '502 Server Error: The server encountered a temporary error.',
    ],
    [
      'lighttpd, behind an XML declaration',
      '<?xml version="1.0" encoding="iso-8859-1"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN">\n<html><head>\n<title>502 Bad Gateway</title>\n</head><body><h1>502 Bad Gateway</h1></body></html>\n',
      '502 Bad Gateway',
    ],
    ['a template, behind a comment', '<!-- 7 --><html><title>Down</title></html>', 'Down'],
    [
      'S3, in XML',
      '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>',
      'Access Denied',
    ],
    [
      'a SOAP gateway, in XML',
      '<?xml version="1.0"?><s:Envelope><s:Fault><faultcode>s:Server</faultcode><faultstring>Policy Falsified</faultstring></s:Fault></s:Envelope>',
      'Policy Falsified',
    ],
    [
      'Azure Front Door, with a smaller heading',
      '<!DOCTYPE html><html><head><style>b{}</style></head><body><h2>Our services are not available</h2><p>x</p></body></html>',
      'Our services are not available',
    ],
    ['XML of an unknown shape', '<oops><x>1</x></oops>', '<oops><x>1</x></oops>'],
    ['a page with attributes', '<!doctype html><html lang="en"><title data-x="1">Sign in</title>', 'Sign in'],
    [
      'a page without title or heading',
      '<html><body><p>Hello</p></body></html>',
      '<html><body><p>Hello</p></body></html>',
    ],
  ])('reads the page of %s', (_, page, message) => {
    expect(errorDetailsOf(page)).toEqual(details(message));
  });

  it('reads plain text', () => {
    expect(errorDetailsOf('404 page not found\n')).toEqual(details('404 page not found'));
  });

  it.each([
    ['{"error":{"mess', '{"error":{"mess'],
    ['{"error":{"message":"no \\"x\\"","type":"inv', 'no "x"'],
    ['{"error":{"message":"no, try ag', 'no, try ag'],
    ['{"error":{"message":"no \\u00', '{"error":{"message":"no \\u00'],
    [`{"detail":[{"type":"missing","loc":["body","n"],"msg":"no","input":${'[0,'.repeat(20)}`, 'no'],
    ['{"error":"no","request":{"mess', 'no'],
  ])('reads JSON that was cut: %j', (body, message) => {
    expect(errorDetailsOf(body)).toEqual(details(message));
  });

  it.each([
    ['gzip', '\u001f\ufffd\b\0\0\ufffdV'],
    ['a message of Protocol Buffers', '\b\u0001\u0012\nbusy'],
  ])('does not show %s', (_, body) => {
    expect(errorDetailsOf(body)).toEqual(details('binary data'));
  });

  it('shows text in colors, and of another encoding', () => {
    expect(errorDetailsOf('\u001b[31mno')).toEqual(details('\u001b[31mno'));
    expect(errorDetailsOf('verweigert f\ufffdr alle')).toEqual(details('verweigert f\ufffdr alle'));
  });

  it.each<readonly [unknown, Partial<ErrorDetails>]>([
    [{ err: { message: 'no', code: 7 } }, { code: 7 }],
    [{ err: 'no', code: 7 }, { code: 7 }],
    [{ Error: { Message: 'no' } }, {}],
    [{ exception: 'no' }, {}],
    [{ error: { inner_error: { message: 'no' } } }, {}],
    [{ error: ['no'] }, {}],
    [{ error: [{ message: 'no' }] }, {}],
    [{ error: { details: 'no', code: 'x' } }, { code: 'x' }],
    [{ error: { message: { text: 'no' } } }, {}],
    [{ header: { code: 10_013, message: 'no', sid: 's' } }, { code: 10_013 }],
    [{ ok: false, description: 'no' }, {}],
    [{ success: false, reason: { text: 'no' } }, {}],
    [{ success: false, reason: 'no' }, {}],
    [{ status: 'error', reason: 'no' }, {}],
    [{ code: 0, error: { message: 'no' } }, {}],
    [{ code: 200, error: 'no' }, { code: 200 }],
    [{ code: 0, message: 'no' }, { code: 0 }],
    [{ type: 'status', message: 'no' }, { type: 'status' }],
    [{ success: true, error: { message: 'no' } }, {}],
    [{ status: 'ok', error: 'no' }, {}],
  ])('reads %j', (body, expected) => {
    expect(errorDetailsOf(JSON.stringify(body))).toEqual(details('no', expected));
  });

  it.each(['', ' \n', '""', 'null', '[]', '{}', '[[]]'])('has no reason for the empty body %j', (body) => {
    expect(errorDetailsOf(body)).toEqual(details('the server gave no reason'));
  });

  it.each(['404', 'true', '{"error":null}', '{"error":""}', '{"error":{}}', '{"oops":"x"}'])(
    'shows a body of an unknown shape: %j',
    (body) => {
      expect(errorDetailsOf(body)).toEqual(details(body));
    },
  );

  it('shows no more than the beginning of a body of an unknown shape', () => {
    const body = JSON.stringify({ oops: 'x'.repeat(10_000) }, null, 2);
    expect(errorDetailsOf(body).serverMessage).toBe(`{ "oops": "${'x'.repeat(189)}…`);
  });

  it('shows no half of a character', () => {
    const body = JSON.stringify({ oops: `${'x'.repeat(190)}😀${'x'.repeat(100)}` });
    expect(errorDetailsOf(body).serverMessage).toBe(`{"oops":"${'x'.repeat(190)}…`);
  });

  it.each(['{name} is not allowed', '{"tool":"get_weather"}', '{"error":{"code":7}}', '{}', '{'])(
    'keeps the message %j, which is not an error',
    (message) => {
      expect(errorDetailsOf(JSON.stringify({ error: { message, code: 400 } }))).toMatchObject({
        serverMessage: message,
        type: null,
      });
    },
  );

  it('keeps the fields of an error without a message', () => {
    const body = { error: { code: 429, type: 'rate_limit', message: '' } };
    expect(errorDetailsOf(JSON.stringify(body))).toEqual(
      details(JSON.stringify(body), { code: 429, type: 'rate_limit' }),
    );
  });

  it.each([
    ['message', { error: { message: { number: 1 } } }, {}],
    ['code', { error: { message: 'no', code: { number: 1 } } }, { serverMessage: 'no' }],
    ['type', { error: { message: 'no', type: 400 } }, { serverMessage: 'no' }],
    ['param', { error: { message: 'no', param: ['messages'] } }, { serverMessage: 'no' }],
    ['list of errors', { errors: 5 }, {}],
    ['place of a field', { detail: [{ msg: 'no', loc: 'body' }] }, { serverMessage: 'no' }],
  ])('does not take a %s of another kind', (_, body, expected) => {
    const text = JSON.stringify(body);
    expect(errorDetailsOf(text)).toEqual({ ...details(text), ...expected });
  });

  it('ignores an error under a prototype key', () => {
    const body = '{"__proto__":{"error":"polluted"}}';
    expect(errorDetailsOf(body)).toEqual(details(body));
  });

  const deep = (depth: number, opening: string, closing: string, inside = ''): string =>
    opening.repeat(depth) + inside + closing.repeat(depth);

  it('finds the message in nested errors', () => {
    const body = deep(4, '{"error":', '}', '{"message":"no"}');
    expect(errorDetailsOf(body)).toEqual(details('no'));
  });

  it.each([
    ['errors', deep(50_000, '{"error":', '}', '{}'), /^\{"error":/],
    ['lists of errors', deep(50_000, '{"errors":[', ']}', '{}'), /^\{"errors":/],
    ['lists in an error', `{"error":${deep(50_000, '[', ']')}}`, /^\{"error":/],
    ['lists in a place', `{"detail":[{"msg":"no","loc":${deep(50_000, '[', ']')}}]}`, /^no$/],
  ])('stops at a depth: %s', (_, body, message) => {
    expect(errorDetailsOf(body).serverMessage).toMatch(message);
  });

  it('reads any body without failing, and always has a message', () => {
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
          const { serverMessage, ...rest } = errorDetailsOf(body);
          expect(serverMessage).toMatch(/\S/);
          expect(Object.keys(rest).sort()).toEqual(['code', 'param', 'type']);
          for (const value of Object.values(rest))
            expect(value === null || typeof value !== 'object').toBe(true);
        },
      ),
    );
  });
});

describe('errorDetailsIn', () => {
  it.each(JSON_BODIES)('reads the shape of %s in a frame', (_, frame, expected) => {
    expect(errorDetailsIn(frame, JSON.stringify(frame))).toEqual(expected);
  });

  it.each([1, true, { oops: 1 }])('shows %j itself', (frame) => {
    expect(errorDetailsIn(frame, JSON.stringify(frame))).toEqual(details(JSON.stringify(frame)));
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
    '<?xml version="1.0"?>\n<!-- a -->\n<html>',
  ])('recognises the page %j', (body) => expect(isHtml(body)).toBe(true));

  it.each([
    '',
    'text <html>',
    '{"a":"<html>"}',
    '<?xml version="1.0"?>',
    '<?xml version="1.0"?><Error>',
    '<htmlx>',
    'data: <html>',
  ])('does not take %j for a page', (body) => expect(isHtml(body)).toBe(false));
});
