import { gzipSync } from 'node:zlib';
import { bytesOf, doneFrame } from 'rxjs-chat-completions/testing';

import { chatCompletion$ } from '../../lib/call/chatCompletion';
import { HttpError } from '../../lib/errors';
import { startFaultServer, type Exchange } from '../helpers/faultServer';
import { fault, follow, letGo, outcomeOf, question, SECRET, sends, tellChunk } from '../helpers/faults';

/** Every status that says something went wrong; those that Node's fetch keeps to itself come further down. */
const STATUSES = [
  ...[300, 301, 302, 303, 305, 307, 308], // Without a place to go to.
  ...[
    400, 401, 402, 403, 404, 405, 406, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 418, 422, 423, 424,
    425,
  ],
  ...[
    426, 428, 429, 431, 444, 451, 498, 499, 500, 501, 502, 503, 504, 505, 506, 507, 508, 510, 511, 520, 521,
    522, 523,
  ],
  ...[524, 525, 526, 527, 529, 530, 599],
];

const NO_REASON = 'the server gave no reason';

interface Shape {
  readonly shape: string;
  readonly words: string;
  readonly body?: unknown;
  readonly type?: string;
  readonly send?: (server: Exchange, status: number) => void | Promise<void>;
}

/** The bodies of failed responses, as JSON unless there is a type. */
const SHAPES: readonly Shape[] = [
  {
    shape: '{error: {message, type, param, code}}',
    words: 'w',
    body: { error: { message: 'w', type: 't', param: null, code: 'c' } },
  },
  {
    shape: '{error: {message, type, code: 503}}',
    words: 'w',
    body: { error: { message: 'w', type: 't', code: 503 } },
  },
  { shape: '{error: {message}}', words: 'w', body: { error: { message: 'w' } } },
  { shape: '{error: "…"}', words: 'w', body: { error: 'w' } },
  { shape: '{code, error: "…"}', words: 'w', body: { code: 'c', error: 'w' } },
  { shape: '{code, message, type}', words: 'w', body: { code: 400, message: 'w', type: 't' } },
  { shape: '{object: "error", message}', words: 'w', body: { object: 'error', message: 'w' } },
  { shape: '{status: "failure", message}', words: 'w', body: { status: 'failure', message: 'w' } },
  { shape: '{detail: "…"}', words: 'w', body: { detail: 'w' } },
  {
    shape: '{detail: [{loc, msg}]}',
    words: 'w',
    body: { detail: [{ loc: ['body', 'n'], msg: 'w', type: 't' }] },
  },
  { shape: '{errors: [{code, message}]}', words: 'w', body: { errors: [{ code: 1, message: 'w' }] } },
  { shape: '[{error: {message}}]', words: 'w', body: [{ error: { message: 'w' } }] },
  {
    shape: 'an error whose message is the JSON of another',
    words: 'w',
    body: { error: { message: '{"error":{"message":"w"}}' } },
  },
  { shape: 'a JSON text', words: 'w', body: 'w' },
  { shape: 'JSON of an unknown shape', words: '{"oops":1}', body: { oops: 1 } },
  { shape: 'JSON null', words: NO_REASON, body: null },
  { shape: 'JSON without content', words: NO_REASON, body: {} },
  {
    shape: 'half of a JSON value',
    words: '{"error":{"mess',
    body: '{"error":{"mess',
    type: 'application/json',
  },
  {
    shape: 'HTML',
    words: 'Bad Gateway',
    body: '<html>\r\n<head><title>Bad Gateway</title></head>\r\n<body>',
    type: 'text/html',
  },
  { shape: 'plain text', words: 'w', body: 'w\n', type: 'text/plain' },
  { shape: 'text without a type', words: 'w', body: 'w', type: '' },
  {
    shape: 'an event stream',
    words: 'w',
    body: ': wait\n\nevent: error\ndata: {"error":"w"}\n\n',
    type: 'text/event-stream',
  },
  { shape: 'nothing', words: NO_REASON, body: '', type: '' },
  { shape: 'blanks', words: NO_REASON, body: ' \r\n\t ', type: 'text/plain' },
  {
    shape: 'gzip',
    words: 'w',
    send: (server, status) => server.whole(status, { 'content-encoding': 'gzip' }, gzipSync('{"error":"w"}')),
  },
  {
    shape: 'a body that breaks off',
    words: 'w',
    send: async (server, status) => {
      server.head(status, { 'content-type': 'text/plain' });
      await server.write('w');
      server.cut();
    },
  },
  {
    shape: 'damaged gzip',
    words: NO_REASON,
    send: (server, status) => server.whole(status, { 'content-encoding': 'gzip' }, 'this is no gzip'),
  },
];

/** One of each kind: a redirect without a place to go to, errors of the request, too many of them, errors of the server. */
const SOME_STATUSES = [302, 400, 401, 404, 429, 500, 503];

describe('Every status and every shape of body', () => {
  SHAPES.forEach(({ shape, words, body, type, send }, nth) => {
    const statuses = nth === 0 ? STATUSES : SOME_STATUSES;
    fault(
      { name: `${statuses.length} statuses with ${shape}`, outcome: `HttpError: the status and ${words}` },
      async () => {
        const text = type === undefined ? JSON.stringify(body) : String(body);
        const server = await startFaultServer((exchange) => {
          const status = Number((JSON.parse(exchange.request.body) as { readonly model: string }).model);
          if (send) return send(exchange, status);
          return exchange.whole(
            status,
            type === '' ? {} : { 'content-type': type ?? 'application/json' },
            text,
          );
        });
        try {
          for (const status of statuses) {
            const config = { baseURL: server.baseURL, apiKey: SECRET };
            const client = follow(chatCompletion$(config, { ...question, model: String(status) }), tellChunk);
            // A hint may follow.
            expect((await client.ended).startsWith(`HttpError: ${status} ${words}`)).toBe(true);
            expect(client.error).toMatchObject({ status, serverMessage: words });
          }
        } finally {
          await server.close();
        }
      },
    );
  });
});

const MEBI = 1024 * 1024;
/** Timers of Node may be a millisecond early, and late on a busy machine. */
const afterASecond = (started: number): string =>
  performance.now() - started >= 999 ? 'after a second' : 'at once';

describe('Failed responses that do not end', () => {
  fault({ name: 'a body of 10 MB', outcome: 'HttpError: 500 the beginning of it' }, async () => {
    const outcome = await outcomeOf(
      async (server) => {
        server.head(500, { 'content-type': 'text/plain' });
        await server.flood('x'.repeat(MEBI), 10);
        server.end();
      },
      {
        check: (error, _, { bytes }) => {
          // The limit, and what came in the same read.
          expect(bytes).toBeLessThan(MEBI);
          expect((error as HttpError).body.length).toBeLessThanOrEqual(2_001);
          expect((error as HttpError).message.length).toBeLessThanOrEqual(2_010);
        },
      },
    );
    return outcome.replace(/x{1000,}…?$/, 'the beginning of it');
  });
  fault({ name: 'a body without end', outcome: 'HttpError: 500 the beginning of it' }, async () => {
    const outcome = await outcomeOf(
      async (server) => {
        server.head(500, { 'content-type': 'text/plain' });
        await server.flood('x'.repeat(10_000));
      },
      { check: letGo },
    );
    return outcome.replace(/x{1000,}…?$/, 'the beginning of it');
  });
  fault(
    { name: 'a body that stalls', outcome: 'HttpError: 500 Internal trouble, after a second' },
    async () => {
      const started = performance.now();
      const outcome = await outcomeOf(
        async (server) => {
          server.head(500, { 'content-type': 'text/plain' });
          await server.write('Internal trouble');
          await server.closed;
        },
        { check: letGo },
      );
      return `${outcome}, ${afterASecond(started)}`;
    },
  );
  fault(
    { name: 'a body that never begins', outcome: `HttpError: 503 ${NO_REASON}, after a second` },
    async () => {
      const started = performance.now();
      const outcome = await outcomeOf(
        async (server) => {
          server.head(503);
          await server.closed;
        },
        { check: letGo },
      );
      return `${outcome}, ${afterASecond(started)}`;
    },
  );
  fault(
    { name: '100,000 levels of errors in a body', outcome: `HttpError: 500 ${'{"error":'.repeat(22)}{"…` },
    () => {
      const body = `${'{"error":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
      return outcomeOf((server) => server.whole(500, {}, body), {
        config: { limits: { errorBody: 10 * MEBI } },
      });
    },
  );
  fault(
    { name: 'a body that repeats the key', outcome: 'HttpError: 402 Incorrect API key provided: ***' },
    () =>
      outcomeOf((server) => {
        const key = String(server.request.headers.authorization).replace('Bearer ', '');
        server.whole(402, {}, JSON.stringify({ error: { message: `Incorrect API key provided: ${key}` } }));
      }),
  );
});

describe('Fields of a failed response', () => {
  const rows: ReadonlyArray<readonly [string, number, Record<string, string>, unknown, Partial<HttpError>]> =
    [
      [
        'rate limit, retry-after in seconds',
        429,
        { 'retry-after': '2' },
        {},
        { retryable: true, retryAfterMs: 2_000 },
      ],
      [
        'rate limit, retry-after-ms',
        429,
        { 'retry-after-ms': '150', 'retry-after': '9' },
        {},
        { retryable: true, retryAfterMs: 150 },
      ],
      [
        'rate limit, retry-after as a date in the past',
        429,
        { 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' },
        {},
        { retryable: true, retryAfterMs: 0 },
      ],
      [
        'rate limit, an invalid retry-after',
        429,
        { 'retry-after': 'soon' },
        {},
        { retryable: true, retryAfterMs: null },
      ],
      [
        'rate limit, a negative retry-after',
        429,
        { 'retry-after': '-5' },
        {},
        { retryable: true, retryAfterMs: null },
      ],
      [
        'rate limit, the wait in a field of the body',
        429,
        {},
        { error: { message: 'm', metadata: { retry_after_seconds: 12 } } },
        { retryable: true, retryAfterMs: 12_000 },
      ],
      [
        'rate limit, the wait in words',
        429,
        {},
        { error: { message: 'Please try again in 1m2.5s.', code: 'rate_limit_exceeded' } },
        { retryable: true, retryAfterMs: 62_500 },
      ],
      [
        'a spent quota',
        429,
        {},
        { error: { message: 'quota', code: 'insufficient_quota' } },
        { retryable: false, code: 'insufficient_quota' },
      ],
      [
        'a spent quota, known by its type',
        429,
        {},
        { error: { message: 'quota', type: 'insufficient_quota' } },
        { retryable: false, type: 'insufficient_quota' },
      ],
      ['overloaded', 503, {}, {}, { retryable: true }],
      ['overloaded, x-should-retry: false', 503, { 'x-should-retry': 'false' }, {}, { retryable: false }],
      ['a bad request', 400, {}, { error: { message: 'm', param: 'n' } }, { retryable: false, param: 'n' }],
      ['a bad request, x-should-retry: true', 400, { 'x-should-retry': 'true' }, {}, { retryable: true }],
      ['a lock', 409, {}, {}, { retryable: true }],
      ['not implemented', 501, {}, {}, { retryable: false }],
      ['an id of the request', 500, { 'x-request-id': 'req_1' }, {}, { requestId: 'req_1' }],
    ];
  for (const [name, status, headers, body, fields] of rows) {
    fault(
      {
        name,
        outcome: `HttpError ${status} with ${JSON.stringify(fields).replace(/[{}"]/g, '').replaceAll(',', ', ')}`,
      },
      async () => {
        await outcomeOf((server) => server.whole(status, headers, JSON.stringify(body)), {
          check: (error) => {
            expect(error).toBeInstanceOf(HttpError);
            expect(error).toMatchObject(fields);
          },
        });
      },
    );
  }
});

describe('Statuses that fetch handles itself', () => {
  fault({ name: 'a proxy wants a password (407)', outcome: 'ConnectionError (connect)' }, () =>
    outcomeOf((server) => server.whole(407, {}, '{"error":"w"}')),
  );
  fault(
    { name: 'misdirected (421), sent again on a new connection by fetch', outcome: 'HttpError: 421 w' },
    () => outcomeOf((server) => server.whole(421, {}, '{"error":"w"}')),
  );
  fault({ name: 'an invalid status (999)', outcome: 'HttpError: 999 w' }, () =>
    outcomeOf((server) => server.whole(999, {}, '{"error":"w"}')),
  );
});

describe('Redirects', () => {
  const hello = bytesOf('Hello', doneFrame());
  const redirects =
    (status: number, location: (server: Exchange) => string) =>
    (server: Exchange): void => {
      if (server.request.path.endsWith('/there'))
        server.whole(200, { 'content-type': 'text/event-stream' }, hello);
      else server.whole(status, { location: location(server) }, '');
    };
  const own = { config: { headers: { 'api-key': SECRET } } };
  const sameOrigin = (): string => '/there';

  fault({ name: '307 within the origin', outcome: '"Hello", ended-without-reason, complete' }, () =>
    outcomeOf(redirects(307, sameOrigin), {
      check: (_, { received }) => expect(received.map(({ method }) => method)).toEqual(['POST', 'POST']),
    }),
  );
  fault(
    {
      name: '308 within the origin, with a key in a header of its own',
      outcome: '"Hello", ended-without-reason, complete',
    },
    () =>
      outcomeOf(redirects(308, sameOrigin), {
        ...own,
        check: (_, { received }) =>
          expect(received[1]).toMatchObject({ method: 'POST', headers: { 'api-key': SECRET } }),
      }),
  );
  fault(
    { name: 'a loop', outcome: 'ProtocolError: the server redirects more than 20 times: check baseURL' },
    () =>
      outcomeOf((server) => server.whole(307, { location: server.request.path }, ''), {
        check: (_, { received }) => expect(received).toHaveLength(21),
      }),
  );
  fault(
    {
      name: 'to an invalid address',
      outcome: 'ProtocolError: the server redirects to an invalid URL; check baseURL',
    },
    () => outcomeOf((server) => server.whole(307, { location: 'http://' }, '')),
  );
  fault(
    {
      name: 'to an invalid address, with a key in a header of its own',
      outcome: 'ProtocolError: the server redirects to an invalid URL; check baseURL',
    },
    () => outcomeOf((server) => server.whole(307, { location: 'http://' }, ''), own),
  );
  fault(
    {
      name: 'to a file',
      outcome: 'ProtocolError: the server redirects to file:///etc/hostname; check baseURL, or sign in',
    },
    () => outcomeOf((server) => server.whole(307, { location: 'file:///etc/hostname' }, '')),
  );

  for (const [name, config] of [
    ['to another origin', {}],
    ['to another origin, with a key in a custom header', own],
  ] as const) {
    for (const status of [301, 302, 303, 307, 308]) {
      fault(
        {
          name: `${status} ${name}`,
          outcome: 'ProtocolError: the server redirects to another origin, which gets no request',
        },
        async () => {
          const other = await startFaultServer(sends('Hello', doneFrame()));
          try {
            const outcome = await outcomeOf(
              (server) => server.whole(status, { location: other.baseURL }, ''),
              config,
            );
            expect(other.counts.sockets).toBe(0);
            expect(outcome).toContain(new URL(other.baseURL).origin);
            return outcome.replace(/http:.*/, 'another origin, which gets no request');
          } finally {
            await other.close();
          }
        },
      );
    }
  }
  fault(
    {
      name: '302 within the origin, which would turn the POST into a GET',
      outcome: 'ProtocolError: the server redirects to /there; check baseURL, or sign in',
    },
    async () => {
      const outcome = await outcomeOf((server) => server.whole(302, { location: '/there' }, ''));
      return outcome.replace(/http:\/\/[^/]*/, '');
    },
  );
});
