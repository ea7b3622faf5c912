import { setImmediate as turn } from 'node:timers/promises';

import {
  firstValueFrom,
  lastValueFrom,
  map,
  pipe,
  Subject,
  takeWhile,
  throwError,
  toArray,
  type Subscription,
} from 'rxjs';

import { fetchTransport } from '../../lib/transport/fetchTransport';
import { readResponse } from '../../lib/response/readResponse';
import {
  isResponseHead,
  type Bytes,
  type ResponseHead,
  type TransportRequest,
} from '../../lib/transport/transport';
import { ConnectionError, ProtocolError, RequestError, ChatTimeoutError } from '../../lib/errors';
import { followRequests } from '../helpers/clientRequests';
import {
  closedPort,
  startFaultServer,
  type Exchange,
  type FaultServer,
  type Script,
} from '../helpers/faultServer';
import { comparable } from '../helpers/marbles';
import { bytesOf } from '../helpers/reads';

const KEY = 'sk-never-to-be-seen';

const requestTo = (server: FaultServer, rest: Partial<TransportRequest> = {}): TransportRequest => ({
  method: 'POST',
  url: `${server.baseURL}/chat/completions`,
  headers: {
    accept: 'text/event-stream',
    'content-type': 'application/json',
    authorization: `Bearer ${KEY}`,
  },
  body: '{"model":"any"}',
  ...rest,
});

const textOf = (reads: readonly Bytes[]): string => Buffer.concat(reads).toString();

/** The complete response: the head, and the text of all reads. */
async function answerOf(
  request: TransportRequest,
  transport = fetchTransport(),
): Promise<{ readonly head: ResponseHead; readonly text: string }> {
  const [head, ...reads] = await lastValueFrom(transport(request).pipe(toArray()));
  if (head === undefined || !isResponseHead(head)) throw new Error('the head does not come first');
  return { head, text: textOf(reads as Bytes[]) };
}

/** The error that ends a response. */
async function errorOf(request: TransportRequest, transport = fetchTransport()): Promise<unknown> {
  const outcome = await answerOf(request, transport).then(
    (answer) => ({ answer }),
    (error: unknown) => ({ error }),
  );
  expect(outcome).toHaveProperty('error');
  return (outcome as { readonly error: unknown }).error;
}

/** Waits for pending work: promises that settle, a connection that returns to its pool. */
async function someTurns(): Promise<void> {
  for (let turns = 0; turns < 10; turns++) await turn();
}

const servers: FaultServer[] = [];

async function serve(script: Script): Promise<FaultServer> {
  const server = await startFaultServer(script);
  servers.push(server);
  return server;
}

const unhandled: unknown[] = [];
const note = (reason: unknown): void => void unhandled.push(reason);

beforeAll(() => process.on('unhandledRejection', note));
afterAll(() => process.off('unhandledRejection', note));

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
  // An unhandled rejection is reported a turn after the promises of the one before have settled.
  await someTurns();
  expect(unhandled.splice(0)).toEqual([]);
});

const twoReads: Script = async (exchange) => {
  exchange.head();
  await exchange.write('one ');
  await exchange.write('two');
  exchange.end();
};

describe('fetchTransport', () => {
  it('emits the head, then each read, and completes with the body', async () => {
    const next = new Subject<void>();
    const server = await serve(async (exchange) => {
      exchange.head(200, { 'X-Request-Id': 'req_1' });
      await exchange.write('one');
      await firstValueFrom(next);
      await exchange.write('two');
      exchange.end();
    });
    const parts: unknown[] = [];
    await new Promise<void>((complete, error) => {
      fetchTransport()(requestTo(server)).subscribe({
        next: (part) => {
          parts.push(isResponseHead(part) ? part.status : textOf([part]));
          if (parts.length === 2) next.next();
        },
        error,
        complete,
      });
    });
    expect(parts).toEqual([200, 'one', 'two']);
  });

  it('names headers in lower case', async () => {
    const server = await serve((exchange) =>
      exchange.whole(200, { 'X-Request-ID': 'req_1', 'Content-Type': 'a/b' }, ''),
    );
    const { head } = await answerOf(requestTo(server));
    expect(head.headers).toMatchObject({ 'x-request-id': 'req_1', 'content-type': 'a/b' });
    expect(structuredClone(head)).toEqual(head);
  });

  it('sends method, URL, headers and body', async () => {
    const server = await serve(twoReads);
    await answerOf(requestTo(server));
    expect(server.received).toMatchObject([
      {
        method: 'POST',
        path: '/v1/chat/completions',
        headers: {
          accept: 'text/event-stream',
          'content-type': 'application/json',
          authorization: `Bearer ${KEY}`,
        },
        body: '{"model":"any"}',
      },
    ]);
  });

  it('sends no body and no type of one with GET', async () => {
    const server = await serve(twoReads);
    await answerOf({
      method: 'GET',
      url: `${server.baseURL}/models`,
      headers: { accept: 'application/json' },
    });
    expect(server.received).toMatchObject([{ method: 'GET', path: '/v1/models', body: '' }]);
    expect(server.received[0]?.headers).not.toHaveProperty('content-type');
  });

  it.each([204, 304, 404, 500, 503])(
    'emits the head of a response with status %i like any other',
    async (status) => {
      const server = await serve((exchange) => exchange.whole(status, {}, status < 400 ? '' : 'no'));
      const { head, text } = await answerOf(requestTo(server));
      expect([head.status, text]).toEqual([status, status < 400 ? '' : 'no']);
    },
  );

  it('sends one request for each subscription, and none before', async () => {
    const server = await serve(twoReads);
    const answer$ = fetchTransport()(requestTo(server));
    await turn();
    expect(server.counts).toMatchObject({ sockets: 0, requests: 0 });
    await lastValueFrom(answer$);
    expect(server.counts.requests).toBe(1);
    await lastValueFrom(answer$);
    expect(server.counts.requests).toBe(2);
  });

  it('reuses a connection after a complete response', async () => {
    const server = await serve(twoReads);
    for (let calls = 0; calls < 3; calls++) {
      await answerOf(requestTo(server));
      await someTurns();
    }
    expect(server.counts).toMatchObject({ requests: 3, sockets: 1, aborts: 0 });
  });

  it('reuses a connection after an answer that was complete before its body', async () => {
    const server = await serve(async (exchange) => {
      exchange.head();
      await exchange.write('Z');
      await exchange.write('the rest');
      exchange.end();
    });
    const untilZ = readResponse(() =>
      pipe(
        map((read: Bytes) => textOf([read])),
        takeWhile((text) => !text.startsWith('Z'), true),
      ),
    );
    const client = followRequests(server.baseURL);
    for (let calls = 0; calls < 3; calls++) {
      await lastValueFrom(fetchTransport()(requestTo(server)).pipe(untilZ));
      await client.ended();
    }
    client.close();
    expect(server.counts.requests).toBe(3);
    expect(server.counts.aborts).toBeLessThanOrEqual(client.overdue);
    expect(server.counts.sockets).toBeLessThanOrEqual(2 + client.overdue);
  });

  describe('closes the connection at an unsubscribe', () => {
    it('before the head', async () => {
      const server = await serve(() => undefined);
      const subscription = fetchTransport()(requestTo(server)).subscribe();
      await server.when(({ busy }) => busy === 1);
      subscription.unsubscribe();
      await server.when(({ aborts, busy }) => aborts === 1 && busy === 0);
    });

    it('before the request is sent', async () => {
      const server = await serve(() => undefined);
      fetchTransport()(requestTo(server)).subscribe().unsubscribe();
      await someTurns();
      await server.when(({ busy }) => busy === 0);
    });

    it('at the head', async () => {
      const server = await serve((exchange) => exchange.head());
      await firstValueFrom(fetchTransport()(requestTo(server)));
      await server.when(({ aborts, busy }) => aborts === 1 && busy === 0);
    });

    it('during a read', async () => {
      const server = await serve(async (exchange) => {
        exchange.head();
        await exchange.write('one');
      });
      await new Promise<void>((resolve) => {
        const subscription: Subscription = fetchTransport()(requestTo(server)).subscribe((part) => {
          if (isResponseHead(part)) return;
          setTimeout(() => {
            subscription.unsubscribe();
            resolve();
          }, 5);
        });
      });
      await server.when(({ aborts, busy }) => aborts === 1 && busy === 0);
    });

    it('in the middle of a read', async () => {
      const server = await serve(async (exchange) => {
        exchange.head();
        await exchange.flood('x'.repeat(1_000));
      });
      const parts: unknown[] = [];
      const answer$ = fetchTransport()(requestTo(server));
      const subscription: Subscription = answer$.subscribe((part) => {
        parts.push(part);
        if (parts.length === 2) subscription.unsubscribe();
      });
      await server.when(({ aborts, busy }) => aborts === 1 && busy === 0);
      expect(parts).toHaveLength(2);
    });

    it('but not after the end', async () => {
      const server = await serve(twoReads);
      const subscription = await new Promise<Subscription>((resolve) => {
        const open = fetchTransport()(requestTo(server)).subscribe({ complete: () => resolve(open) });
      });
      subscription.unsubscribe();
      await someTurns();
      await answerOf(requestTo(server));
      expect(server.counts).toMatchObject({ requests: 2, sockets: 1, aborts: 0 });
    });
  });

  describe('fails with a ConnectionError', () => {
    it('when the connection is refused', async () => {
      const port = await closedPort();
      const error = await errorOf({
        method: 'POST',
        url: `http://127.0.0.1:${port}/v1/chat/completions?key=${KEY}`,
        headers: { authorization: `Bearer ${KEY}` },
      });
      const message = `cannot reach http://127.0.0.1:${port}/v1/chat/completions: the connection was refused (ECONNREFUSED)`;
      expect(comparable(error)).toEqual(comparable(new ConnectionError(message, 'connect', 'ECONNREFUSED')));
      expect((error as Error).cause).toBeDefined();
      expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain(KEY);
    });

    it('when the connection ends before the head', async () => {
      const server = await serve((exchange) => exchange.reset());
      const error = await errorOf(requestTo(server));
      expect(error).toMatchObject({ _tag: 'ConnectionError', phase: 'connect' });
      expect((error as ConnectionError).code).toMatch(/^(ECONN|UND_ERR)/);
      expect(JSON.stringify(error)).not.toContain(KEY);
    });

    it('when the connection ends in the middle of the body, after the reads before it', async () => {
      const server = await serve(async (exchange) => {
        exchange.head();
        await exchange.write('so far');
        exchange.cut();
      });
      const parts: Array<ResponseHead | Bytes> = [];
      const error = await new Promise((resolve) => {
        fetchTransport()(requestTo(server)).subscribe({ next: (part) => parts.push(part), error: resolve });
      });
      expect(textOf(parts.slice(1) as Bytes[])).toBe('so far');
      const message =
        'the connection broke in the middle of the answer: the server closed the connection (UND_ERR_SOCKET)';
      expect(comparable(error)).toEqual(comparable(new ConnectionError(message, 'body', 'UND_ERR_SOCKET')));
    });

    it('when the response is not HTTP', async () => {
      const server = await serve((exchange) => {
        exchange.raw('SSH-2.0-OpenSSH_9.2\r\n\r\n');
        exchange.cut();
      });
      expect(await errorOf(requestTo(server))).toMatchObject({ _tag: 'ConnectionError', phase: 'connect' });
    });
  });

  describe('follows a redirect', () => {
    const api = { 'api-key': KEY, 'content-type': 'application/json' };

    /** A server that redirects its first request. */
    const redirecting = (
      status: number,
      to: (exchange: Exchange) => string | undefined,
    ): Promise<FaultServer> =>
      serve((exchange) => {
        const location = to(exchange);
        if (location === undefined) exchange.whole(200, {}, 'here');
        else exchange.whole(status, { location }, 'moved');
      });

    it.each([307, 308])('with status %i within the origin, with all headers and the body', async (status) => {
      const server = await redirecting(status, ({ turn: visit }) =>
        visit === 1 ? '/v2/chat/completions' : undefined,
      );
      expect((await answerOf(requestTo(server, { headers: api }))).text).toBe('here');
      expect(server.received).toMatchObject([
        { path: '/v1/chat/completions' },
        { path: '/v2/chat/completions', method: 'POST', headers: api, body: '{"model":"any"}' },
      ]);
    });

    it('that names the origin, too', async () => {
      const server: FaultServer = await redirecting(307, ({ turn: visit }) =>
        visit === 1 ? `${server.baseURL}/b` : undefined,
      );
      expect((await answerOf(requestTo(server, { headers: api }))).text).toBe('here');
    });

    it.each([301, 302, 303, 307, 308])('of a GET, with status %i', async (status) => {
      const server = await redirecting(status, ({ turn: visit }) => (visit === 1 ? '/v2/models' : undefined));
      const { method, url } = requestTo(server, { method: 'GET' });
      expect((await answerOf({ method, url, headers: { 'api-key': KEY } })).text).toBe('here');
      expect(server.received[1]).toMatchObject({
        method: 'GET',
        path: '/v2/models',
        headers: { 'api-key': KEY },
      });
    });

    it.each(
      [301, 302, 303, 307, 308].flatMap((status) => [['POST', status] as const, ['GET', status] as const]),
    )('but not of a %s to another origin, with status %i', async (method, status) => {
      const other = await serve(twoReads);
      const server = await redirecting(status, () => `${other.baseURL}/elsewhere`);
      const { body, ...request } = requestTo(server, { method });
      const error = await errorOf(method === 'POST' ? { ...request, body } : request);
      const message = `the server redirects to ${other.baseURL}/elsewhere; set baseURL to that URL`;
      expect(comparable(error)).toEqual(comparable(new ProtocolError(message)));
      expect(other.counts).toMatchObject({ sockets: 0, requests: 0 });
    });

    it('but not to another origin with a custom header', async () => {
      const other = await serve(twoReads);
      const server = await redirecting(307, () => `${other.baseURL}/elsewhere?key=${KEY}`);
      const error = await errorOf(requestTo(server, { headers: api }));
      expect(error).toBeInstanceOf(ProtocolError);
      expect((error as Error).message).toContain(`redirects to http://127.0.0.1:${other.port}`);
      expect(JSON.stringify(error)).not.toContain(KEY);
      expect(other.counts).toMatchObject({ sockets: 0, requests: 0 });
    });

    it('but not to another origin at the second step either', async () => {
      const other = await serve(twoReads);
      const server = await redirecting(307, ({ turn: visit }) =>
        visit === 1 ? '/v2' : `${other.baseURL}/elsewhere`,
      );
      expect(await errorOf(requestTo(server, { headers: api }))).toBeInstanceOf(ProtocolError);
      expect(server.counts.requests).toBe(2);
      expect(other.counts.requests).toBe(0);
    });

    it.each([301, 302, 303])(
      'but not of a POST with status %i, which would lose its body',
      async (status) => {
        const server = await redirecting(status, ({ turn: visit }) => (visit === 1 ? '/v2' : undefined));
        expect(await errorOf(requestTo(server, { headers: api }))).toBeInstanceOf(ProtocolError);
        expect(server.counts.requests).toBe(1);
      },
    );

    it('and cancels its body', async () => {
      const server = await serve(async (exchange) => {
        if (exchange.turn > 1) return exchange.whole(200, {}, 'here');
        exchange.head(307, { location: '/v2' });
        await exchange.flood('x'.repeat(1_000));
      });
      expect((await answerOf(requestTo(server, { headers: api }))).text).toBe('here');
      await server.when(({ aborts, busy }) => aborts === 1 && busy === 0);
    });

    it('but at most 20 times', async () => {
      const server = await redirecting(307, () => '/round');
      const error = await errorOf(requestTo(server, { headers: api }));
      expect(comparable(error)).toEqual(
        comparable(new ProtocolError('the server redirects more than 20 times: check baseURL')),
      );
      expect(server.counts.requests).toBe(21);
    });

    it('but emits a response without a location', async () => {
      const server = await serve((exchange) => exchange.whole(300, {}, 'choose'));
      const { head, text } = await answerOf(requestTo(server, { headers: api }));
      expect([head.status, text]).toEqual([300, 'choose']);
    });

    it('but not if a browser does not reveal the target', async () => {
      const browser = (() =>
        Promise.resolve({
          type: 'opaqueredirect',
          status: 0,
          headers: new Headers(),
          body: null,
        })) as unknown as typeof fetch;
      const request: TransportRequest = {
        method: 'POST',
        url: '/v1/chat/completions',
        headers: api,
        body: '{}',
      };
      const error = await errorOf(request, fetchTransport({ fetch: browser }));
      expect(comparable(error)).toEqual(
        comparable(new ProtocolError('the server redirects to another URL; set baseURL to that URL')),
      );
    });
  });
});

/** A `fetch` under a spec's control. */
function scripted(answer: (signal: AbortSignal, turn: number) => Promise<Partial<Response>>): {
  readonly fetch: typeof fetch;
  readonly signals: readonly AbortSignal[];
} {
  const signals: AbortSignal[] = [];
  return {
    signals,
    fetch: ((_: unknown, init: { readonly signal: AbortSignal }) => {
      signals.push(init.signal);
      return answer(init.signal, signals.length);
    }) as unknown as typeof fetch,
  };
}

/** A body that does not end until it is cancelled. */
function endless(reads: readonly string[] = []): {
  readonly response: Response;
  readonly cancelled: () => boolean;
} {
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => reads.forEach((read) => controller.enqueue(bytesOf(read))),
    cancel: () => {
      cancelled = true;
    },
  });
  return { response: new Response(body), cancelled: () => cancelled };
}

/** A body that cannot be cancelled. */
const uncancellable = (): ReadableStream<Uint8Array> =>
  new ReadableStream({ cancel: () => Promise.reject(new Error('cannot')) });

/** A promise that rejects with anything, an error or not. */
const rejected = (reason: unknown): Promise<never> => lastValueFrom(throwError((): unknown => reason));

const request: TransportRequest = { method: 'GET', url: 'http://localhost/v1/models', headers: {} };

describe('fetchTransport with a custom fetch', () => {
  it('reports a head timeout of Node as a ChatTimeoutError that is not retryable', async () => {
    const cause = Object.assign(new Error('Headers Timeout Error'), { code: 'UND_ERR_HEADERS_TIMEOUT' });
    const { fetch } = scripted(() => rejected(Object.assign(new TypeError('fetch failed'), { cause })));
    const error = await errorOf(request, fetchTransport({ fetch }));
    expect(comparable(error)).toEqual(comparable(new ChatTimeoutError('head', 300_000)));
    expect(error).toMatchObject({ retryable: false });
  });

  it('redacts the query in a message of fetch', async () => {
    const url = `http://localhost/v1/models?key=${KEY}`;
    const { fetch } = scripted(() => rejected(new TypeError(`Failed to parse ${url}`)));
    const error = await errorOf({ ...request, url }, fetchTransport({ fetch }));
    expect((error as Error).message).toContain('?key=***');
    expect(JSON.stringify(error)).not.toContain(KEY);
  });

  it('looks the global one up at each subscription', async () => {
    const answer$ = fetchTransport()(request);
    const before = globalThis.fetch;
    const asked: string[] = [];
    const named = (name: string): typeof fetch => {
      return () => {
        asked.push(name);
        return Promise.resolve(new Response(name));
      };
    };
    try {
      for (const name of ['first', 'second']) {
        globalThis.fetch = named(name);
        await lastValueFrom(answer$);
      }
    } finally {
      globalThis.fetch = before;
    }
    expect(asked).toEqual(['first', 'second']);
  });

  it.each(['given', 'global'])('calls the %s one unbound, as browsers require', async (which) => {
    const calledOn: unknown[] = [];
    const own = function (this: unknown): Promise<Response> {
      calledOn.push(this);
      return Promise.resolve(new Response('x'));
    };
    const before = globalThis.fetch;
    try {
      if (which === 'global') globalThis.fetch = own;
      const transport = which === 'global' ? fetchTransport() : fetchTransport({ fetch: own });
      await lastValueFrom(transport(request));
      await lastValueFrom(transport({ ...request, headers: { 'api-key': KEY } }));
    } finally {
      globalThis.fetch = before;
    }
    expect(calledOn).toEqual([undefined, undefined]);
  });

  it('errors with a RequestError if there is none', async () => {
    const before = globalThis.fetch;
    try {
      globalThis.fetch = undefined as unknown as typeof fetch;
      const error = await errorOf(request);
      expect(comparable(error)).toEqual(
        comparable(new RequestError('there is no global fetch: pass one as `fetch` in the config')),
      );
    } finally {
      globalThis.fetch = before;
    }
  });

  describe('aborts its signal in the same tick', () => {
    it('before the head', () => {
      const { fetch, signals } = scripted(() => new Promise(() => undefined));
      const subscription = fetchTransport({ fetch })(request).subscribe();
      expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
      subscription.unsubscribe();
      expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    });

    it('at the head', async () => {
      const { fetch, signals } = scripted(() => Promise.resolve(endless().response));
      await new Promise<void>((resolve) => {
        const subscription: Subscription = fetchTransport({ fetch })(request).subscribe(() => {
          subscription.unsubscribe();
          expect(signals[0]?.aborted).toBe(true);
          resolve();
        });
      });
    });

    it('during a read', async () => {
      const { fetch, signals } = scripted(() => Promise.resolve(endless(['one']).response));
      const subscription = fetchTransport({ fetch })(request).subscribe();
      await someTurns();
      subscription.unsubscribe();
      expect(signals[0]?.aborted).toBe(true);
    });

    it('but not after the end, and not after an error', async () => {
      const good = scripted(() => Promise.resolve(new Response('x')));
      await lastValueFrom(fetchTransport({ fetch: good.fetch })(request));
      const bad = scripted(() => Promise.reject(new Error('reset')));
      await errorOf(request, fetchTransport({ fetch: bad.fetch }));
      expect([...good.signals, ...bad.signals].map(({ aborted }) => aborted)).toEqual([false, false]);
    });
  });

  describe('that ignores signals', () => {
    it('cancels a response that arrives after an unsubscribe', async () => {
      const answered = new Subject<Response>();
      const { response, cancelled } = endless();
      const { fetch } = scripted(() => firstValueFrom(answered));
      const parts: unknown[] = [];
      fetchTransport({ fetch })(request)
        .subscribe((part) => parts.push(part))
        .unsubscribe();
      answered.next(response);
      await someTurns();
      expect([parts, cancelled()]).toEqual([[], true]);
    });

    it('cancels the body at the head', async () => {
      const { response, cancelled } = endless(['one']);
      const { fetch } = scripted(() => Promise.resolve(response));
      await firstValueFrom(fetchTransport({ fetch })(request));
      await someTurns();
      expect(cancelled()).toBe(true);
    });

    it('cancels the body during a read', async () => {
      const { response, cancelled } = endless(['one']);
      const { fetch } = scripted(() => Promise.resolve(response));
      const parts: unknown[] = [];
      const subscription = fetchTransport({ fetch })(request).subscribe((part) => parts.push(part));
      await someTurns();
      expect(parts).toHaveLength(2);
      subscription.unsubscribe();
      await someTurns();
      expect(cancelled()).toBe(true);
    });

    it('cancels the body in the middle of a read, and reads no more', async () => {
      const { response, cancelled } = endless(['one', 'two', 'three']);
      const { fetch } = scripted(() => Promise.resolve(response));
      const parts: unknown[] = [];
      const subscription: Subscription = fetchTransport({ fetch })(request).subscribe((part) => {
        parts.push(part);
        if (parts.length === 2) subscription.unsubscribe();
      });
      await someTurns();
      expect([parts.length, cancelled()]).toEqual([2, true]);
    });

    it('accepts a body that cannot be cancelled', async () => {
      const moved = { status: 307, headers: { location: '/there' } };
      const there = scripted((_, visit) =>
        Promise.resolve(visit === 1 ? new Response(uncancellable(), moved) : new Response('there')),
      );
      const own = { ...request, headers: { 'api-key': KEY } };
      expect((await answerOf(own, fetchTransport({ fetch: there.fetch }))).text).toBe('there');
      const { fetch } = scripted(() => Promise.resolve(new Response(uncancellable())));
      await firstValueFrom(fetchTransport({ fetch })(request));
      const late = new Subject<Response>();
      fetchTransport({ fetch: scripted(() => firstValueFrom(late)).fetch })(request)
        .subscribe()
        .unsubscribe();
      late.next(new Response(uncancellable()));
      await someTurns();
    });
  });

  describe('without streams, as in React Native', () => {
    const inOnePiece = (arrayBuffer: () => Promise<ArrayBuffer>): typeof fetch =>
      scripted(() => Promise.resolve({ status: 200, type: 'basic', headers: new Headers(), arrayBuffer }))
        .fetch;

    it('emits the complete body at once', async () => {
      const fetch = inOnePiece(() => Promise.resolve(bytesOf('whole').buffer as ArrayBuffer));
      expect(await answerOf(request, fetchTransport({ fetch }))).toEqual({
        head: { status: 200, headers: {} },
        text: 'whole',
      });
    });

    it('errors in the body if it breaks', async () => {
      const fetch = inOnePiece(() => Promise.reject(new TypeError('Network request failed')));
      const message = 'the connection broke in the middle of the answer: Network request failed';
      const error = await errorOf(request, fetchTransport({ fetch }));
      expect(comparable(error)).toEqual(comparable(new ConnectionError(message, 'body')));
    });

    it('reads no body after an unsubscribe at the head', async () => {
      let asked = 0;
      const fetch = inOnePiece(() => {
        asked += 1;
        return Promise.resolve(new ArrayBuffer(0));
      });
      await firstValueFrom(fetchTransport({ fetch })(request));
      await someTurns();
      expect(asked).toBe(0);
    });
  });

  describe('that fails', () => {
    const place = 'cannot reach http://localhost/v1/models';

    it.each([
      [
        'without a code',
        () => Promise.reject(new TypeError('Failed to fetch')),
        `${place}: Failed to fetch`,
        null,
      ],
      [
        'with a code in a cause',
        () =>
          Promise.reject(
            new TypeError('fetch failed', {
              cause: new Error('x', { cause: Object.assign(new Error('y'), { code: 'ENOTFOUND' }) }),
            }),
          ),
        `${place}: the name of the host is unknown (ENOTFOUND)`,
        'ENOTFOUND',
      ],
      ['with a value that is not an error', () => rejected('offline'), `${place}: offline`, null],
      ['with undefined', () => rejected(undefined), `${place}: undefined`, null],
      [
        'while it is called',
        () => {
          throw new Error('no');
        },
        `${place}: no`,
        null,
      ],
      [
        'with a cyclic cause',
        () => {
          const error: Error & { cause?: unknown } = new Error('round');
          error.cause = error;
          return Promise.reject(error);
        },
        `${place}: round`,
        null,
      ],
    ])('%s, says what is known', async (_, fail, message, code) => {
      const error = await errorOf(request, fetchTransport({ fetch: fail as unknown as typeof fetch }));
      expect(comparable(error)).toEqual(comparable(new ConnectionError(message, 'connect', code)));
    });

    it('with an error of this library, which is passed on', async () => {
      const own = new RequestError('no token');
      const { fetch } = scripted(() => Promise.reject(own));
      expect(await errorOf(request, fetchTransport({ fetch }))).toBe(own);
    });

    it('after an unsubscribe, without any effect', async () => {
      const { fetch } = scripted(
        (signal) =>
          new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')))),
      );
      const errors: unknown[] = [];
      fetchTransport({ fetch })(request)
        .subscribe({ error: (error: unknown) => errors.push(error) })
        .unsubscribe();
      await someTurns();
      expect(errors).toEqual([]);
    });
  });
});
