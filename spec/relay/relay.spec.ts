import { right } from 'fp-ts/Either';
import {
  concat,
  EMPTY,
  firstValueFrom,
  lastValueFrom,
  NEVER,
  Observable,
  of,
  throwError,
  toArray,
} from 'rxjs';
import {
  accumulateCompletion,
  accumulateContent,
  AbortedError,
  chatCompletion$,
  ChatTimeoutError,
  completion$,
  ConnectionError,
  type HttpError,
  LimitError,
  ProtocolError,
  RequestError,
  retryChat,
  ServerError,
  toEither,
  TruncatedError,
  type ChatError,
} from 'rxjs-chat-completions';
import { RelayError, relay, standardFields, type RelayOptions } from 'rxjs-chat-completions/relay';
import { textChunk, type Reply } from 'rxjs-chat-completions/testing';

import { httpError } from '../helpers/httpError';
import { until } from '../helpers/until';
import { post, question, relayOf, through } from './relayOf';

/** An answer that does not end. */
const endless: Reply = { parts: ['Hello', { stall: Infinity }] };

const errorOf = async (response: Response): Promise<{ message: string; code: unknown; type: string }> =>
  ((await response.json()) as { error: { message: string; code: unknown; type: string } }).error;

describe('relay', () => {
  it('streams an answer that chatCompletion$ reads', async () => {
    const { handler } = relayOf('Hello there');
    const text$ = chatCompletion$(through(handler), question).pipe(accumulateContent());
    expect(await lastValueFrom(text$)).toBe('Hello there');
  });

  it('marks the response as a stream that is not buffered, cached or compressed', async () => {
    const { headers, status } = await relayOf('Hello').handler(post());
    expect([status, ...headers]).toEqual([
      200,
      ['cache-control', 'no-cache, no-transform'],
      ['content-type', 'text/event-stream; charset=utf-8'],
      ['x-accel-buffering', 'no'],
    ]);
  });

  it('responds with one completion to a request that is not streamed', async () => {
    const parts = [{ toolCall: { id: 'c1', name: 'weather', arguments: '{"city":"Oslo"}' } }];
    const { handler } = relayOf({ parts, usage: [3, 4] });
    const completion = await lastValueFrom(completion$(through(handler), question));
    expect(completion).toMatchObject({
      object: 'chat.completion',
      choices: [{ finish_reason: 'tool_calls', message: { tool_calls: [{ id: 'c1' }] } }],
      usage: { total_tokens: 7 },
    });
  });

  it('sends usage only to readers that request it', async () => {
    const { handler, model } = relayOf(() => ({ parts: ['Hi'], usage: [1, 2] }));
    expect(await (await handler(post())).text()).not.toContain('usage');
    const stream_options = { include_usage: true };
    const asked = await handler(post(JSON.stringify({ ...question, stream: true, stream_options })));
    expect(await asked.text()).toContain('"total_tokens":3');
    expect(model.requests.map(({ body }) => body)).toEqual([
      expect.objectContaining({ stream_options }),
      expect.objectContaining({ stream_options }),
    ]);
  });

  it.each([{ include_usage: false }, null, 'none'])(
    'requests usage of the model, for its hooks, whatever the reader requests: %p',
    async (stream_options) => {
      const { handler, model } = relayOf({ parts: ['Hi'], usage: [1, 2] });
      const response = await handler(post(JSON.stringify({ ...question, stream: true, stream_options })));
      expect(await response.text()).not.toContain('usage');
      expect(model.requests[0]?.body).toEqual({
        ...question,
        stream: true,
        stream_options: { include_usage: true },
      });
    },
  );

  it('passes the user, the HTTP request and the gate to the answer', async () => {
    const calls: unknown[] = [];
    const user = { id: 'anna', plan: 'free' };
    const http = post();
    const { handler } = relayOf('Hi', {
      authorize: () => Promise.resolve(user),
      answer: (call) => (calls.push(call), of(right(textChunk('Hi')))),
    });
    await (await handler(http)).text();
    expect(calls).toEqual([
      { request: question, user, http, gate: expect.objectContaining({ isOpen: true }) as unknown },
    ]);
  });

  it('may have an instance of a class as its options', async () => {
    class Options implements RelayOptions {
      readonly allow = { models: ['small'] };
      readonly failures: unknown[] = [];
      readonly #user = 'anna';
      answer(): Observable<never> {
        return throwError(() => new Error(`no answer for ${this.#user}`));
      }
      authorize(): string {
        return this.#user;
      }
      onError(error: unknown): void {
        this.failures.push(error);
      }
    }
    const options = new Options();
    await relay(options)(post());
    expect(options.failures).toEqual([new Error('no answer for anna')]);
  });
});

/** A request whose body has objects and lists in each other, at a number of levels. */
const nested = (levels: number): string => {
  const lists = levels - 3;
  return `{"model":"small","stream":true,"messages":[{"role":"user","content":${'['.repeat(lists)}${']'.repeat(lists)}}]}`;
};

describe('a relay refuses', () => {
  const secret = { model: 'small', messages: [], stream: true };
  const refusals: ReadonlyArray<[string, Request, number, string, Partial<RelayOptions>?]> = [
    ['another path', new Request('http://relay/api/models'), 404, 'not_found'],
    [
      'the path of a log that it does not have',
      new Request('http://relay/chat/completions/m1'),
      404,
      'not_found',
    ],
    ['GET', new Request('http://relay/chat/completions'), 405, 'method_not_allowed'],
    ['PUT', post(undefined, { method: 'PUT' }), 405, 'method_not_allowed'],
    ['a body that is not JSON', post('{"model":'), 400, 'invalid_request'],
    ['an empty body', post(''), 400, 'invalid_request'],
    ['no body', post(undefined, { body: null }), 400, 'invalid_request'],
    ['a list', post('[]'), 400, 'invalid_request'],
    ['a request without a model', post('{"messages":[]}'), 400, 'invalid_request'],
    ['messages that are not a list', post('{"model":"small","messages":"Hi"}'), 400, 'invalid_request'],
    ['messages that are not objects', post('{"model":"small","messages":["Hi"]}'), 400, 'invalid_request'],
    ['a body nested deeper than 128 levels', post(nested(129)), 400, 'invalid_request'],
    ['a body nested so deep that it cannot be written again', post(nested(90_000)), 400, 'invalid_request'],
    ['a form', post('{}', { headers: { 'content-type': 'text/plain' } }), 415, 'unsupported_media_type'],
    ['no content type', post('{}', { headers: { 'content-type': '' } }), 415, 'unsupported_media_type'],
    [
      'a compressed body',
      post('{}', { headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' } }),
      415,
      'unsupported_media_type',
    ],
    ['another model', post(JSON.stringify({ ...question, model: 'dear' })), 403, 'model_not_allowed'],
    ['a body over the default limit', post('{'.padEnd(256_001)), 413, 'request_too_large'],
    ['a body at the default limit', post('{'.padEnd(256_000)), 400, 'invalid_request'],
    [
      'a body over the limit',
      post(JSON.stringify(secret)),
      413,
      'request_too_large',
      { limits: { body: 30 } },
    ],
    ['undefined as the user', post(), 401, 'unauthorized', { authorize: () => undefined }],
    ['null as the user', post(), 401, 'unauthorized', { authorize: () => Promise.resolve(null) }],
    ["'' as the user", post(), 401, 'unauthorized', { authorize: () => '' }],
    ["'' as the id of the user", post(), 401, 'unauthorized', { authorize: () => ({ id: '' }) }],
    ['no user', post(), 401, 'unauthorized', { authorize: () => EMPTY }],
    [
      'an endless search for a user',
      post(),
      408,
      'request_timeout',
      { authorize: () => NEVER, limits: { request: 5 } },
    ],
    [
      'an endless body',
      post(new ReadableStream(), { duplex: 'half' } as RequestInit),
      408,
      'request_timeout',
      { limits: { request: 5 } },
    ],
    [
      'all if the user cannot be found',
      post(),
      500,
      'authorize_failed',
      {
        authorize: () => {
          throw new Error('secret');
        },
      },
    ],
    [
      'all if the search rejects',
      post(),
      500,
      'authorize_failed',
      { authorize: () => Promise.reject(new Error('secret')) },
    ],
  ];

  it.each(refusals)('%s', async (_, request, status, code, options = {}) => {
    const { handler, model } = relayOf('Hello', options);
    const response = await handler(request);
    const text = await response.clone().text();
    expect([response.status, (await errorOf(response)).code]).toEqual([status, code]);
    expect(text).not.toContain('secret');
    expect(model.requests).toEqual([]);
  });

  it('no body of 128 levels', async () => {
    const { handler, model } = relayOf('Hello');
    expect((await handler(post(nested(128)))).status).toBe(200);
    expect(model.requests).toHaveLength(1);
  });

  describe('with a RelayError of answer', () => {
    const refusal = (): RelayError =>
      new RelayError(402, 'budget', 'your budget is spent', { headers: { 'x-plan': 'free' } });

    it.each<[string, RelayOptions['answer']]>([
      [
        'thrown',
        () => {
          throw refusal();
        },
      ],
      ['of its Observable', () => throwError(() => refusal())],
      [
        'of another copy of this library',
        () => {
          const { status, code, headers, message } = refusal();
          return throwError(() =>
            Object.assign(new Error(message), { _tag: 'RelayError', status, code, headers }),
          );
        },
      ],
    ])('%s, for a stream or one completion', async (_, answer) => {
      const onError = jest.fn();
      for (const stream of [true, false]) {
        const { handler } = relayOf('Hello', { answer, onError });
        const response = await handler(post(JSON.stringify({ ...question, stream })));
        expect([response.status, response.headers.get('x-plan')]).toEqual([402, 'free']);
        expect(await errorOf(response)).toMatchObject({ code: 'budget', message: 'your budget is spent' });
      }
      expect(onError).not.toHaveBeenCalled();
    });

    it('after output, in an event', async () => {
      const answer = () =>
        concat(
          of(right(textChunk('Hi'))),
          throwError(() => refusal()),
        );
      const response = await relayOf('Hello', { answer }).handler(post());
      expect(response.status).toBe(200);
      expect(await response.text()).toContain('"message":"your budget is spent"');
    });

    it('that no response can have is a mistake, which is reported', async () => {
      const onError = jest.fn();
      for (const create of [
        () => new RelayError(99, 'budget', 'no'),
        () => new RelayError(200, 'budget', 'no'),
        () => new RelayError(402, 'budget', 'no', { headers: { 'x-plan': 'a\nb' } }),
      ]) {
        const { handler } = relayOf('Hello', { answer: () => throwError(() => create()), onError });
        expect((await handler(post())).status).toBe(500);
      }
      expect(onError.mock.calls.map(([error]: unknown[]) => (error as Error).name)).toEqual([
        'RangeError',
        'RangeError',
        'TypeError',
      ]);
    });
  });

  it('with the methods that are allowed', async () => {
    const response = await relayOf('Hello').handler(new Request('http://relay/chat/completions'));
    expect(response.headers.get('allow')).toBe('POST');
  });

  it('with the response of authorize', async () => {
    const response = new Response('sign in', { status: 302, headers: { location: '/login' } });
    expect(await relayOf('Hello', { authorize: () => of(response) }).handler(post())).toBe(response);
  });

  it('before it reads the body, if there is no user', async () => {
    const http = post();
    await relayOf('Hello', { authorize: () => null }).handler(http);
    expect(http.bodyUsed).toBe(false);
  });

  it.each([5, true, { id: 5 }, { id: 5n }, {}, { sub: 'anna' }, [], ['anna']])(
    'a user without a text as its id, and reports why: %p',
    async (user) => {
      const onError = jest.fn();
      const { handler } = relayOf('Hello', { authorize: () => user as never, onError });
      const response = await handler(post());
      expect([response.status, (await errorOf(response)).code]).toEqual([500, 'authorize_failed']);
      expect(onError).toHaveBeenCalledWith(
        new TypeError('authorize must return a string, or an object whose id is a string'),
        expect.anything(),
      );
    },
  );

  it.each([0, NaN, false, { id: null }, { id: undefined }, { id: '' }])('no user: %p', async (user) => {
    const onError = jest.fn();
    const { handler } = relayOf('Hello', { authorize: () => user as never, onError });
    expect((await handler(post())).status).toBe(401);
    expect(onError).not.toHaveBeenCalled();
  });

  it.each<[string, Partial<RelayOptions>, string]>([
    ['no user', { authorize: () => null }, '401 there is no user: sign in'],
    ['a model', { allow: { models: [] } }, '403 the model is not allowed here: use another one'],
  ])('%s, without a hint that the key or the address is wrong', async (_, options, message) => {
    const { handler } = relayOf('Hello', options);
    const error = firstValueFrom(chatCompletion$(through(handler), question));
    await expect(error).rejects.toMatchObject({ message });
  });

  it('a body that was read before, and reports why', async () => {
    const onError = jest.fn();
    const http = post();
    await http.json();
    const response = await relayOf('Hello', { onError }).handler(http);
    expect(response.status).toBe(500);
    expect(onError).toHaveBeenCalledWith(
      new Error(
        'the body was read before the relay: pass the request unread, a clone, or to toNode one with its parsed body',
      ),
      http,
    );
  });

  it('and reads no more of a body than the limit', async () => {
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        sent += 1_000;
        controller.enqueue(new Uint8Array(1_000));
      },
    });
    const { handler } = relayOf('Hello', { limits: { body: 10_000 } });
    const response = await handler(post(body, { duplex: 'half' } as RequestInit));
    expect(response.status).toBe(413);
    expect(sent).toBeLessThan(20_000);
  });

  it('more answers of a user at a time than allowed, until one ends', async () => {
    const { handler } = relayOf(() => endless, { limits: { streamsPerUser: 1 } });
    const first = await handler(post());
    const second = await handler(post());
    expect([second.status, second.headers.get('retry-after')]).toEqual([429, '1']);
    await expect(
      firstValueFrom(
        chatCompletion$(
          through(() => Promise.resolve(second)),
          question,
        ),
      ),
    ).rejects.toMatchObject({ _tag: 'HttpError', status: 429, retryable: true });
    await first.body?.cancel();
    const third = await handler(post());
    expect(third.status).toBe(200);
    await third.body?.cancel();
  });

  it('more than the default if the limit is undefined', async () => {
    const { handler } = relayOf(() => endless, { limits: { streamsPerUser: undefined, body: undefined } });
    const responses = await Promise.all([1, 2, 3, 4, 5].map(() => handler(post())));
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200, 200, 429]);
    for (const { body } of responses) await body?.cancel();
  });

  it('no answers of other users because of one', async () => {
    const { handler } = relayOf(() => endless, {
      limits: { streamsPerUser: 1 },
      authorize: ({ headers }) => headers.get('x-user'),
    });
    const as = (user: string) =>
      handler(post(undefined, { headers: { 'content-type': 'application/json', 'x-user': user } }));
    const responses = await Promise.all(['anna', 'alice', 'anna'].map(as));
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 429]);
    for (const { body } of responses) await body?.cancel();
  });
});

describe('a relay passes on', () => {
  const sent = async (
    body: object,
    allow: RelayOptions['allow'] = { models: ['small'] },
  ): Promise<unknown> => {
    const { handler, model } = relayOf('Hello', { allow });
    await (await handler(post(JSON.stringify(body)))).text();
    return model.requests[0]?.body;
  };

  it('standard fields, and no others', async () => {
    const fields = {
      n: 9,
      store: true,
      service_tier: 'priority',
      user: 'boss',
      top_k: 3,
      extra: { api_key: 'x' },
    };
    expect(
      await sent({ ...question, ...fields, temperature: 0, ['__proto__']: { a: 1 }, constructor: 1 }),
    ).toEqual({
      ...question,
      temperature: 0,
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  it('the fields that are allowed beside them', async () => {
    const allow = { models: ['small'], fields: [...standardFields, 'top_k'] };
    expect(await sent({ ...question, top_k: 3, n: 2 }, allow)).toMatchObject({ top_k: 3 });
  });

  it('no headers, cookies or query of the reader', async () => {
    const { handler, model } = relayOf('Hello');
    const headers = {
      'content-type': 'application/json',
      authorization: 'Bearer reader',
      cookie: 'a=b',
      'x-other': 'c',
    };
    await handler(
      new Request('http://relay/chat/completions?key=1', {
        method: 'POST',
        headers,
        body: JSON.stringify(question),
      }),
    );
    expect(model.requests).toMatchObject([
      {
        headers: { authorization: 'Bearer sk-of-the-relay' },
        url: 'http://localhost:11434/v1/chat/completions',
      },
    ]);
    expect(Object.keys(model.requests[0]?.headers ?? {}).sort()).toEqual([
      'accept',
      'authorization',
      'content-type',
    ]);
  });
});

describe('a failure before the first output', () => {
  const thrower = (): never => {
    throw new Error('secret');
  };

  const http = (status: number, fields: Partial<HttpError> = {}): HttpError =>
    httpError({ status, serverMessage: 'secret words', body: 'secret body', ...fields });
  const server = (code: string | number, retryable: boolean, waitMs?: number): ServerError =>
    new ServerError({ serverMessage: 'secret words', code, retryable, retryAfterMs: waitMs });

  const failures: ReadonlyArray<[string, ChatError, number]> = [
    ['a rate limit', http(429, { retryable: true, retryAfterMs: 1_500 }), 429],
    ['a spent quota', http(429), 429],
    ['a wrong key', http(401), 502],
    ['a forbidden model', http(403), 502],
    ['a bad request', http(400), 400],
    ['an unknown model', http(404), 404],
    ['a crash', http(500, { retryable: true }), 502],
    ['a server that is not available', http(503, { retryable: true, retryAfterMs: 20_000 }), 503],
    ['an overloaded server', http(529, { retryable: true }), 503],
    ['an error under status 200', server('crash', false), 502],
    ['a rate limit under status 200', server(429, true), 429],
    ['a rate limit under status 200, with a wait', server(429, true, 1_500), 429],
    ['no connection', new ConnectionError('connect ECONNREFUSED secret:80', 'connect'), 502],
    ['no head', new ChatTimeoutError('head', 5), 504],
    ['an idle stream', new ChatTimeoutError('idle', 5), 504],
    ['a truncated answer', new TruncatedError('secret'), 502],
    ['an answer that is too long', new LimitError('line', 5), 502],
    ['another response', new ProtocolError('secret'), 502],
    ['a mistake of the config', new RequestError('secret'), 500],
    ['the end of the process', new AbortedError(), 503],
  ];

  it.each(failures)('has a status and is retried as before: %s', async (_, error, status) => {
    const { handler } = relayOf('', { answer: () => throwError(() => error) });
    const [last] = await lastValueFrom(
      chatCompletion$(through(handler), question).pipe(toEither(), toArray()),
    );
    const { retryAfterMs = null } = error as Partial<HttpError>;
    expect(last).toMatchObject({
      left: { _tag: 'HttpError', status, retryable: error.retryable, retryAfterMs },
    });
    // No hint: it would suspect the address or the key of the relay.
    expect(last).toHaveProperty('left.message', expect.not.stringContaining('('));
    expect(JSON.stringify(last)).not.toContain('secret');
  });

  it.each(failures)(
    'has the same retryable for clients that do not read the header: %s',
    async (_, error) => {
      const { handler } = relayOf('', { answer: () => throwError(() => error) });
      const withoutHeader = async (request: Request): Promise<Response> => {
        const response = await handler(request);
        return new Response(await response.text(), { status: response.status });
      };
      await expect(firstValueFrom(chatCompletion$(through(withoutHeader), question))).rejects.toMatchObject({
        retryable: error.retryable,
      });
    },
  );

  it.each(failures)('has the same retryable after output: %s', async (_, error) => {
    const { handler } = relayOf('', {
      answer: () =>
        concat(
          of(right(textChunk('Hel'))),
          throwError(() => error),
        ),
    });
    const all = await lastValueFrom(chatCompletion$(through(handler), question).pipe(toEither(), toArray()));
    expect(all).toMatchObject([
      { right: {} },
      { left: { _tag: 'ServerError', type: error._tag, retryable: error.retryable } },
    ]);
    expect(JSON.stringify(all)).not.toContain('secret');
  });

  it.each([
    [true, '400 secret words'],
    [undefined, expect.not.stringContaining('secret') as string],
  ])('has the message of the server only if it is exposed: %s', async (exposeErrors, message) => {
    const answer = () => throwError(() => http(400));
    const { handler } = relayOf('', { answer, exposeErrors });
    expect(await errorOf(await handler(post()))).toMatchObject({ message });
    const late = () => concat(of(right(textChunk('Hel'))), answer());
    const { handler: begun } = relayOf('', { answer: late, exposeErrors });
    const all$ = chatCompletion$(through(begun), question).pipe(toEither());
    expect(await lastValueFrom(all$)).toMatchObject({ left: { serverMessage: message } });
  });

  it('names both causes of a 429 that is not retried', async () => {
    const { handler } = relayOf('', { answer: () => throwError(() => http(429)) });
    expect(await errorOf(await handler(post()))).toMatchObject({
      message: 'the quota of the model is spent, or the request is too large for it',
    });
  });

  it('has the id of the request, unless it is not one', async () => {
    const idOf = async (requestId: string) => {
      const { handler } = relayOf('', { answer: () => throwError(() => http(500, { requestId })) });
      return (await handler(post())).headers.get('x-request-id');
    };
    expect([await idOf('req_1'), await idOf('a\r\nset-cookie: b')]).toEqual(['req_1', null]);
  });

  it('is reported, with the request', async () => {
    const onError = jest.fn();
    const error = new Error('secret');
    const request = post();
    const { handler } = relayOf('', { answer: () => throwError(() => error), onError });
    const response = await handler(request);
    expect([response.status, await errorOf(response)]).toMatchObject([500, { type: 'relay_error' }]);
    expect(onError.mock.calls).toEqual([[error, request]]);
  });

  it('is reported once for a request that is not streamed, and for the search for a user', async () => {
    const onError = jest.fn();
    const error = new Error('secret');
    const body = JSON.stringify(question);
    await relayOf('', { answer: () => throwError(() => error), onError }).handler(post(body));
    await relayOf('', { authorize: () => throwError(() => error), onError }).handler(post(body));
    await relayOf('', { authorize: () => null, onError }).handler(post(body));
    expect(onError.mock.calls.map(([reported]: unknown[]) => reported)).toEqual([error, error]);
  });

  it.each([
    ['throws', thrower],
    ['rejects', () => Promise.reject(new Error('secret'))],
  ])('has the same status if its report %s', async (_, onError) => {
    for (const body of [question, { ...question, stream: true }]) {
      const answer = () => throwError(() => new ConnectionError('refused', 'connect'));
      const { handler } = relayOf('', { answer, onError });
      expect((await handler(post(JSON.stringify(body)))).status).toBe(502);
    }
  });

  it('of a function that throws is 500', async () => {
    expect((await relayOf('', { answer: thrower }).handler(post())).status).toBe(500);
  });

  it('is retried by the browser', async () => {
    const { handler } = relayOf([{ status: 503, headers: { 'retry-after': '0' } }, 'Hello']);
    const text$ = chatCompletion$(through(handler), question).pipe(
      retryChat({ policy: () => 0 }),
      accumulateContent(),
    );
    expect(await lastValueFrom(text$)).toBe('Hello');
  });
});

describe('an answer', () => {
  it.each([true, false])(
    'is stopped in the same tick when the reader leaves before it, streamed: %s',
    async (stream) => {
      const { handler, model } = relayOf({ parts: [{ stall: Infinity }] });
      const leave = new AbortController();
      const response = handler(post(JSON.stringify({ ...question, stream }), { signal: leave.signal }));
      await until(() => model.requests.length === 1);
      leave.abort();
      expect(model.requests).toMatchObject([{ aborted: true }]);
      expect((await response).status).toBe(499);
    },
  );

  it('does not begin if the reader leaves while its user is looked up', async () => {
    let isSubscribed = false;
    const user$ = new Observable<string>(() => {
      isSubscribed = true;
      return () => (isSubscribed = false);
    });
    const { handler } = relayOf('Hello', { authorize: () => user$ });
    const leave = new AbortController();
    const response = handler(post(undefined, { signal: leave.signal }));
    expect(isSubscribed).toBe(true);
    leave.abort();
    expect(isSubscribed).toBe(false);
    expect((await response).status).toBe(499);
  });

  it('ends at its total time, before and after output', async () => {
    const limits = { total: 30 };
    const early = relayOf({ parts: [{ stall: Infinity }] }, { limits });
    expect((await early.handler(post())).status).toBe(504);
    const late = relayOf({ parts: ['Hello', { stall: Infinity }] }, { limits });
    const all = await lastValueFrom(
      chatCompletion$(through(late.handler), question).pipe(accumulateCompletion(), toEither(), toArray()),
    );
    expect(all.at(-1)).toMatchObject({ left: { _tag: 'ServerError', type: 'ChatTimeoutError' } });
    expect(late.model.requests).toMatchObject([{ aborted: true }]);
  });
});
