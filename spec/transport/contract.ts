import { setImmediate as turn } from 'node:timers/promises';
import { brotliCompressSync, createGzip, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';

import {
  firstValueFrom,
  lastValueFrom,
  map,
  pipe,
  Subject,
  takeWhile,
  toArray,
  type Subscription,
} from 'rxjs';

import { ConnectionError, ProtocolError } from '../../lib/errors';
import { readResponse } from '../../lib/response/readResponse';
import { ReadGate } from '../../lib/transport/ReadGate';
import {
  isResponseHead,
  type Bytes,
  type ResponseHead,
  type Transport,
  type TransportRequest,
} from '../../lib/transport/transport';
import {
  closedPort,
  startFaultServer,
  type Exchange,
  type FaultServer,
  type Script,
} from '../helpers/faultServer';
import { comparable } from '../helpers/marbles';

export const KEY = 'sk-never-to-be-seen';

export const requestTo = (server: FaultServer, rest: Partial<TransportRequest> = {}): TransportRequest => ({
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

export const textOf = (reads: readonly Bytes[]): string => Buffer.concat(reads).toString();

/** An answer that is complete before its body. */
export const completeAtZ: Script = async (exchange) => {
  exchange.head();
  await exchange.write('Z');
  await exchange.write('the rest');
  exchange.end();
};

/** Reads such an answer, up to that point. */
export const untilZ = readResponse(() =>
  pipe(
    map((read: Bytes) => textOf([read])),
    takeWhile((text) => !text.startsWith('Z'), true),
  ),
);

/** The complete response: the head, and the text of all reads. */
export async function answerOf(
  request: TransportRequest,
  transport: Transport,
): Promise<{ readonly head: ResponseHead; readonly text: string }> {
  const [head, ...reads] = await lastValueFrom(transport(request).pipe(toArray()));
  if (head === undefined || !isResponseHead(head)) throw new Error('the head does not come first');
  return { head, text: textOf(reads as Bytes[]) };
}

/** The error that ends a response. */
export async function errorOf(request: TransportRequest, transport: Transport): Promise<unknown> {
  const outcome = await answerOf(request, transport).then(
    (answer) => ({ answer }),
    (error: unknown) => ({ error }),
  );
  expect(outcome).toHaveProperty('error');
  return (outcome as { readonly error: unknown }).error;
}

/** Waits for pending work: promises that settle, a connection that returns to its pool. */
export async function someTurns(): Promise<void> {
  for (let turns = 0; turns < 10; turns++) await turn();
}

const servers: FaultServer[] = [];

export async function serve(script: Script): Promise<FaultServer> {
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

export const twoReads: Script = async (exchange) => {
  exchange.head();
  await exchange.write('one ');
  await exchange.write('two');
  exchange.end();
};

/** A transport under the contract. */
export interface Contracted {
  readonly transport: Transport;
  /** The code of a connection that ends in the middle of a body. */
  readonly cutCode: string;
}

/** Defines the specs that each transport passes. */
export function describeTransport(name: string, { transport, cutCode }: Contracted): void {
  describe(`${name}, as any transport,`, () => {
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
        transport(requestTo(server)).subscribe({
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
      const { head } = await answerOf(requestTo(server), transport);
      expect(head.headers).toMatchObject({ 'x-request-id': 'req_1', 'content-type': 'a/b' });
      expect(structuredClone(head)).toEqual(head);
    });

    it('sends method, URL, headers and body', async () => {
      const server = await serve(twoReads);
      await answerOf(requestTo(server), transport);
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
      await answerOf(
        {
          method: 'GET',
          url: `${server.baseURL}/models`,
          headers: { accept: 'application/json' },
        },
        transport,
      );
      expect(server.received).toMatchObject([{ method: 'GET', path: '/v1/models', body: '' }]);
      expect(server.received[0]?.headers).not.toHaveProperty('content-type');
    });

    it.each([204, 304, 404, 500, 503])(
      'emits the head of a response with status %i like any other',
      async (status) => {
        const server = await serve((exchange) => exchange.whole(status, {}, status < 400 ? '' : 'no'));
        const { head, text } = await answerOf(requestTo(server), transport);
        expect([head.status, text]).toEqual([status, status < 400 ? '' : 'no']);
      },
    );

    it('sends one request for each subscription, and none before', async () => {
      const server = await serve(twoReads);
      const answer$ = transport(requestTo(server));
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
        await answerOf(requestTo(server), transport);
        await someTurns();
      }
      expect(server.counts).toMatchObject({ requests: 3, sockets: 1, aborts: 0 });
    });

    describe('closes the connection at an unsubscribe', () => {
      it('before the head', async () => {
        const server = await serve(() => undefined);
        const subscription = transport(requestTo(server)).subscribe();
        await server.when(({ busy }) => busy === 1);
        subscription.unsubscribe();
        await server.when(({ aborts, busy }) => aborts === 1 && busy === 0);
      });

      it('before the request is sent', async () => {
        const server = await serve(() => undefined);
        transport(requestTo(server)).subscribe().unsubscribe();
        await someTurns();
        await server.when(({ busy }) => busy === 0);
      });

      it('at the head', async () => {
        const server = await serve((exchange) => exchange.head());
        await firstValueFrom(transport(requestTo(server)));
        await server.when(({ aborts, busy }) => aborts === 1 && busy === 0);
      });

      it('during a read', async () => {
        const server = await serve(async (exchange) => {
          exchange.head();
          await exchange.write('one');
        });
        await new Promise<void>((resolve) => {
          const subscription: Subscription = transport(requestTo(server)).subscribe((part) => {
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
        const answer$ = transport(requestTo(server));
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
          const open = transport(requestTo(server)).subscribe({ complete: () => resolve(open) });
        });
        subscription.unsubscribe();
        await someTurns();
        await answerOf(requestTo(server), transport);
        expect(server.counts).toMatchObject({ requests: 2, sockets: 1, aborts: 0 });
      });
    });

    describe('fails with a ConnectionError', () => {
      it('when the connection is refused', async () => {
        const port = await closedPort();
        const error = await errorOf(
          {
            method: 'POST',
            url: `http://127.0.0.1:${port}/v1/chat/completions?key=${KEY}`,
            headers: { authorization: `Bearer ${KEY}` },
          },
          transport,
        );
        const message = `cannot reach http://127.0.0.1:${port}/v1/chat/completions: the connection was refused (ECONNREFUSED)`;
        expect(comparable(error)).toEqual(
          comparable(new ConnectionError(message, 'connect', 'ECONNREFUSED')),
        );
        expect((error as Error).cause).toBeDefined();
        expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain(KEY);
      });

      it('when the connection ends before the head', async () => {
        const server = await serve((exchange) => exchange.reset());
        const error = await errorOf(requestTo(server), transport);
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
          transport(requestTo(server)).subscribe({ next: (part) => parts.push(part), error: resolve });
        });
        expect(textOf(parts.slice(1) as Bytes[])).toBe('so far');
        const message = `the connection broke in the middle of the answer: the server closed the connection (${cutCode})`;
        expect(comparable(error)).toEqual(comparable(new ConnectionError(message, 'body', cutCode)));
      });

      it('when the connection ends while the gate is closed, after the reads before it', async () => {
        const isClosed = new Subject<void>();
        const gate = new ReadGate();
        const server = await serve(async (exchange) => {
          exchange.head();
          await exchange.write('one ');
          await firstValueFrom(isClosed);
          await exchange.write('two');
          exchange.cut();
        });
        const reads: Bytes[] = [];
        const error = new Promise((resolve) => {
          transport(requestTo(server, { gate })).subscribe({
            next: (part) => {
              if (isResponseHead(part) || reads.push(part) > 1) return;
              const release = gate.hold();
              isClosed.next();
              void server
                .when(({ open }) => open === 0)
                .then(someTurns)
                .then(release);
            },
            error: resolve,
          });
        });
        expect(await error).toMatchObject({ _tag: 'ConnectionError', phase: 'body' });
        expect(textOf(reads)).toBe('one two');
      });

      it('when the body is not HTTP, after the bytes before it in the same packet', async () => {
        const server = await serve((exchange) => {
          exchange.raw('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nHel\r\nxyz\r\n');
          exchange.cut();
        });
        const parts: Array<ResponseHead | Bytes> = [];
        const error = await new Promise((resolve) => {
          transport(requestTo(server)).subscribe({ next: (part) => parts.push(part), error: resolve });
        });
        expect(textOf(parts.slice(1) as Bytes[])).toBe('Hel');
        expect(error).toMatchObject({ _tag: 'ConnectionError', phase: 'body' });
      });

      it('but not for bytes after a complete body', async () => {
        const server = await serve((exchange) => {
          exchange.raw('HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nHello');
          exchange.cut();
        });
        expect((await answerOf(requestTo(server), transport)).text).toBe('Hel');
      });

      it('when the response is not HTTP', async () => {
        const server = await serve((exchange) => {
          exchange.raw('SSH-2.0-OpenSSH_9.2\r\n\r\n');
          exchange.cut();
        });
        expect(await errorOf(requestTo(server), transport)).toMatchObject({
          _tag: 'ConnectionError',
          phase: 'connect',
        });
      });
    });

    describe('checks the gate before each read', () => {
      it('so that none is made while it is closed from the start', async () => {
        const gate = new ReadGate();
        const release = gate.hold();
        const server = await serve(twoReads);
        const parts: Array<ResponseHead | Bytes> = [];
        const head = new Subject<void>();
        const ended = new Promise<void>((complete, error) => {
          transport(requestTo(server, { gate })).subscribe({
            next: (part) => {
              parts.push(part);
              head.next();
            },
            error,
            complete,
          });
        });
        await firstValueFrom(head);
        await server.when(({ busy }) => busy === 0);
        await someTurns();
        expect(parts).toHaveLength(1);
        release();
        await ended;
        expect(textOf(parts.slice(1) as Bytes[])).toBe('one two');
      });

      it('so that none is made after it was closed during one', async () => {
        const gate = new ReadGate();
        const server = await serve(async (exchange) => {
          exchange.head();
          await exchange.flood('x'.repeat(1_000));
        });
        let reads = 0;
        let release = (): void => undefined;
        const read$ = new Subject<void>();
        const subscription = transport(requestTo(server, { gate })).subscribe((part) => {
          if (isResponseHead(part)) return;
          reads += 1;
          release = gate.hold();
          read$.next();
        });
        await firstValueFrom(read$);
        for (const expected of [1, 2, 3]) {
          await someTurns();
          expect(reads).toBe(expected);
          const next = firstValueFrom(read$);
          release();
          await next;
        }
        subscription.unsubscribe();
        await server.when(({ aborts, busy }) => aborts === 1 && busy === 0);
      });

      it('and an unsubscribe while it is closed closes the connection', async () => {
        const gate = new ReadGate();
        gate.hold();
        const server = await serve(async (exchange) => {
          exchange.head();
          await exchange.flood('x'.repeat(1_000));
        });
        await firstValueFrom(transport(requestTo(server, { gate })));
        await server.when(({ aborts, busy }) => aborts === 1 && busy === 0);
      });
    });

    describe('decodes a body that the server has compressed', () => {
      it.each<[string, (text: string) => Uint8Array]>([
        ['gzip', gzipSync],
        ['x-gzip', gzipSync],
        ['deflate', deflateSync],
        ['deflate', deflateRawSync],
        ['gzip, deflate', (text) => deflateRawSync(gzipSync(text))],
        ['br', brotliCompressSync],
        ['BR', brotliCompressSync],
        ['gzip, br', (text) => brotliCompressSync(gzipSync(text))],
      ])('with %s', async (coding, compress) => {
        const server = await serve((exchange) =>
          exchange.whole(200, { 'content-encoding': coding }, compress('so small')),
        );
        expect((await answerOf(requestTo(server), transport)).text).toBe('so small');
      });

      it('while it arrives', async () => {
        const next = new Subject<void>();
        const server = await serve(async (exchange) => {
          exchange.head(200, { 'content-encoding': 'gzip' });
          const gzip = createGzip();
          gzip.on('data', (part: Buffer) => void exchange.write(part));
          gzip.write('one');
          gzip.flush();
          await firstValueFrom(next);
          gzip.end('two');
          gzip.on('end', () => exchange.end());
        });
        const parts: string[] = [];
        await new Promise<void>((complete, error) => {
          transport(requestTo(server)).subscribe({
            next: (part) => {
              if (isResponseHead(part)) return;
              parts.push(textOf([part]));
              next.next();
            },
            error,
            complete,
          });
        });
        expect(parts).toEqual(['one', 'two']);
      });

      it.each([
        ['no body', 204, 'gzip', ''],
        ['a coding that is not known', 200, 'x-own', 'as it is'],
      ])('but not one with %s', async (_, status, coding, body) => {
        const server = await serve((exchange) =>
          exchange.whole(status, { 'content-encoding': coding }, body),
        );
        expect((await answerOf(requestTo(server), transport)).text).toBe(body);
      });

      it.each(['gzip', 'deflate', 'br', 'gzip, br'])(
        'but not one of %s that has no bytes',
        async (coding) => {
          const server = await serve((exchange) => {
            exchange.head(200, { 'content-encoding': coding });
            exchange.end();
          });
          expect((await answerOf(requestTo(server), transport)).text).toBe('');
        },
      );

      it('but not one whose length is 0', async () => {
        const headers = { 'content-encoding': 'gzip', 'content-length': '0' };
        const server = await serve((exchange) => exchange.whole(200, headers, ''));
        expect((await answerOf(requestTo(server), transport)).text).toBe('');
      });

      it('and errors in the body if it cannot be decoded', async () => {
        const server = await serve((exchange) =>
          exchange.whole(200, { 'content-encoding': 'gzip' }, 'plain text'),
        );
        expect(await errorOf(requestTo(server), transport)).toMatchObject({
          _tag: 'ConnectionError',
          phase: 'body',
        });
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

      it.each([307, 308])(
        'with status %i within the origin, with all headers and the body',
        async (status) => {
          const server = await redirecting(status, ({ turn: visit }) =>
            visit === 1 ? '/v2/chat/completions' : undefined,
          );
          expect((await answerOf(requestTo(server, { headers: api }), transport)).text).toBe('here');
          expect(server.received).toMatchObject([
            { path: '/v1/chat/completions' },
            { path: '/v2/chat/completions', method: 'POST', headers: api, body: '{"model":"any"}' },
          ]);
        },
      );

      it('that names the origin, too', async () => {
        const server: FaultServer = await redirecting(307, ({ turn: visit }) =>
          visit === 1 ? `${server.baseURL}/b` : undefined,
        );
        expect((await answerOf(requestTo(server, { headers: api }), transport)).text).toBe('here');
      });

      it.each([301, 302, 303, 307, 308])('of a GET, with status %i', async (status) => {
        const server = await redirecting(status, ({ turn: visit }) =>
          visit === 1 ? '/v2/models' : undefined,
        );
        const { method, url } = requestTo(server, { method: 'GET' });
        expect((await answerOf({ method, url, headers: { 'api-key': KEY } }, transport)).text).toBe('here');
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
        const error = await errorOf(method === 'POST' ? { ...request, body } : request, transport);
        const message = `the server redirects to ${other.baseURL}/elsewhere; check baseURL, or sign in`;
        expect(comparable(error)).toEqual(comparable(new ProtocolError(message)));
        expect(other.counts).toMatchObject({ sockets: 0, requests: 0 });
      });

      it('but not to another origin, with the base URL to set if its path is that of a call', async () => {
        const other = await serve(twoReads);
        const server = await redirecting(308, () => `${other.baseURL}/v1/chat/completions`);
        const error = await errorOf(requestTo(server, { method: 'POST' }), transport);
        const message = `the server redirects to ${other.baseURL}/v1/chat/completions; set baseURL to ${other.baseURL}/v1`;
        expect(comparable(error)).toEqual(comparable(new ProtocolError(message)));
      });

      it('but not to another origin with a custom header', async () => {
        const other = await serve(twoReads);
        const server = await redirecting(307, () => `${other.baseURL}/elsewhere?key=${KEY}`);
        const error = await errorOf(requestTo(server, { headers: api }), transport);
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
        expect(await errorOf(requestTo(server, { headers: api }), transport)).toBeInstanceOf(ProtocolError);
        expect(server.counts.requests).toBe(2);
        expect(other.counts.requests).toBe(0);
      });

      it.each([301, 302, 303])(
        'but not of a POST with status %i, which would lose its body',
        async (status) => {
          const server = await redirecting(status, ({ turn: visit }) => (visit === 1 ? '/v2' : undefined));
          expect(await errorOf(requestTo(server, { headers: api }), transport)).toBeInstanceOf(ProtocolError);
          expect(server.counts.requests).toBe(1);
        },
      );

      it('but not to a location with a password, which is not shown', async () => {
        const server: FaultServer = await redirecting(307, () =>
          `${server.baseURL}/b`.replace('//', `//user:${KEY}@`),
        );
        const error = await errorOf(requestTo(server, { headers: { accept: '*/*' } }), transport);
        const message = `the server redirects to ${server.baseURL}/b; check baseURL, or sign in`;
        expect(comparable(error)).toEqual(comparable(new ProtocolError(message)));
        expect(server.counts.requests).toBe(1);
      });

      it('but not to a location that is not a URL', async () => {
        const server = await redirecting(307, () => 'http://');
        const error = await errorOf(requestTo(server, { headers: api }), transport);
        const message = 'the server redirects to an invalid URL; check baseURL';
        expect(comparable(error)).toEqual(comparable(new ProtocolError(message)));
        expect(server.counts.requests).toBe(1);
      });

      it('and cancels its body', async () => {
        const server = await serve(async (exchange) => {
          if (exchange.turn > 1) return exchange.whole(200, {}, 'here');
          exchange.head(307, { location: '/v2' });
          await exchange.flood('x'.repeat(1_000));
        });
        expect((await answerOf(requestTo(server, { headers: api }), transport)).text).toBe('here');
        await server.when(({ aborts, busy }) => aborts === 1 && busy === 0);
      });

      it('but at most 20 times', async () => {
        const server = await redirecting(307, () => '/round');
        const error = await errorOf(requestTo(server, { headers: api }), transport);
        expect(comparable(error)).toEqual(
          comparable(new ProtocolError('the server redirects more than 20 times: check baseURL')),
        );
        expect(server.counts.requests).toBe(21);
      });

      it('but emits a response without a location', async () => {
        const server = await serve((exchange) => exchange.whole(300, {}, 'choose'));
        const { head, text } = await answerOf(requestTo(server, { headers: api }), transport);
        expect([head.status, text]).toEqual([300, 'choose']);
      });
    });
  });
}
