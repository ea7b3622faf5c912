import { once } from 'node:events';
import { createServer, request as httpRequest, ServerResponse, type IncomingMessage } from 'node:http';
import {
  connect as connectHttp2,
  createServer as createHttp2Server,
  Http2ServerResponse,
  type ClientHttp2Session,
  type IncomingHttpHeaders,
} from 'node:http2';
import { connect, type AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';

import { right } from 'fp-ts/Either';
import { concat, interval, lastValueFrom, map, NEVER, of, type Observable } from 'rxjs';
import {
  accumulateContent,
  chatCompletion$,
  fetchTransport,
  type ChatCompletionChunk,
  type Transport,
} from 'rxjs-chat-completions';
import { nodeTransport } from 'rxjs-chat-completions/node';
import { relay, toResponse, type RelayHandler, type RelayOptions } from 'rxjs-chat-completions/relay';
import { toNode, type NodeRequestHandler } from 'rxjs-chat-completions/relay/node';
import { bytesOf, finishChunk, textChunk } from 'rxjs-chat-completions/testing';

import { startFaultServer, type FaultServer, type Script } from '../helpers/faultServer';
import { until } from '../helpers/until';
import { question } from './relayOf';

const closers: Array<() => Promise<void>> = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const startModel = async (script: Script): Promise<FaultServer> => {
  const model = await startFaultServer(script);
  closers.push(model.close);
  return model;
};

/** Starts a server of node:http and returns its address. */
async function listen(
  handler: NodeRequestHandler,
): Promise<{ readonly baseURL: string; readonly port: number }> {
  const server = createServer((request, response) => void handler(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  const { port } = server.address() as AddressInfo;
  return { baseURL: `http://127.0.0.1:${port}/api`, port };
}

/** Starts a server of HTTP/2 and returns a session with it. */
async function listenHttp2(handler: NodeRequestHandler): Promise<ClientHttp2Session> {
  const server = createHttp2Server((request, response) => void handler(request as never, response as never));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const session = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  closers.push(async () => {
    session.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return session;
}

const transports: Readonly<Record<string, Transport>> = {
  fetch: fetchTransport(),
  'node:http': nodeTransport(),
};

const relayTo = (
  { baseURL }: FaultServer,
  options: Partial<RelayOptions> = {},
  transport = nodeTransport(),
): RelayHandler =>
  relay({
    answer: ({ request, gate }) => chatCompletion$({ baseURL, gate, transport }, request),
    authorize: () => 'anna',
    allow: { models: ['small'] },
    limits: { streamsPerUser: 10_000 },
    ...options,
  });

/** Returns a response whose body is read already. */
function readByAnother(): Response {
  const response = new Response('own');
  void response.text();
  return response;
}

const body = JSON.stringify({ ...question, stream: true });

/** A question as a socket sends it. */
const rawPost = `POST /api/chat/completions HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;

/** Sends a question and returns its response, unread. */
const ask = (baseURL: string): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    httpRequest(`${baseURL}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      agent: false,
    })
      .on('response', resolve)
      .on('error', reject)
      .end(body);
  });

const answerOf = (baseURL: string): Observable<string> =>
  chatCompletion$({ baseURL }, question).pipe(accumulateContent());

describe('toNode', () => {
  it('sends each event when it arrives', async () => {
    let goOn = (): void => undefined;
    const mayGoOn = new Promise<void>((resolve) => (goOn = resolve));
    const model = await startModel(async (exchange) => {
      exchange.head();
      await exchange.say('Hello ');
      await mayGoOn;
      exchange.end();
    });
    const { baseURL } = await listen(toNode(relayTo(model)));
    const response = await ask(baseURL);
    const first = await new Promise<Buffer>((resolve) => response.once('data', resolve));
    expect(first.toString()).toContain('Hello ');
    goOn();
    response.destroy();
  });

  it.each(Object.entries(transports))(
    'aborts the call when the reader leaves in the body, over %s',
    async (_, transport) => {
      const model = await startModel(async (exchange) => {
        exchange.head();
        await exchange.say('Hello');
      });
      const { baseURL } = await listen(toNode(relayTo(model, {}, transport)));
      const response = await ask(baseURL);
      response.destroy();
      await model.when(({ aborts, busy }) => aborts === 1 && busy === 0);
    },
  );

  it('aborts the call when the reader leaves before the head', async () => {
    const model = await startModel(() => undefined);
    const { port } = await listen(toNode(relayTo(model)));
    const socket = connect(port, '127.0.0.1');
    socket.write(rawPost);
    await model.when(({ requests }) => requests === 1);
    socket.destroy();
    await model.when(({ aborts }) => aborts === 1);
  });

  it('aborts the call when the reader leaves, if a wrapper has lost the signal', async () => {
    const model = await startModel(async (exchange) => {
      exchange.head();
      await exchange.say('Hello');
    });
    const chat = relayTo(model);
    const withoutSignal: RelayHandler = async (http) =>
      chat(new Request(http.url, { method: 'POST', headers: http.headers, body: await http.text() }));
    const { baseURL } = await listen(toNode(withoutSignal));
    const response = await ask(baseURL);
    response.destroy();
    await model.when(({ aborts, busy }) => aborts === 1 && busy === 0);
  });

  it('sends nothing to the model if the reader left before it was authorized', async () => {
    const model = await startModel(() => undefined);
    let isAsked = false;
    let left = (): void => undefined;
    const authorize = () => {
      isAsked = true;
      return new Promise<string>((resolve) => (left = () => resolve('anna')));
    };
    const chat = relayTo(model, { authorize });
    let hasLeft = false;
    const handler: RelayHandler = (http) => {
      http.signal.addEventListener('abort', () => (hasLeft = true));
      return chat(http);
    };
    const { port } = await listen(toNode(handler));
    const socket = connect(port, '127.0.0.1');
    socket.write(rawPost);
    await until(() => isAsked);
    socket.destroy();
    await until(() => hasLeft);
    left();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(model.counts.requests).toBe(0);
  });

  it('pauses the socket of the model while the reader does not read', async () => {
    const event = bytesOf(textChunk('x'.repeat(1_000)));
    let exchangeSent = (): number => 0;
    const model = await startModel(async (exchange) => {
      exchangeSent = () => exchange.sent;
      exchange.head();
      await exchange.flood(event, 20_000); // 20 MB
      exchange.end();
    });
    const { baseURL } = await listen(toNode(relayTo(model)));
    const response = await ask(baseURL);
    // Until all buffers on the way are full: the model has sent nothing for a while.
    for (let before = -1; before !== exchangeSent();) {
      before = exchangeSent();
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    expect(exchangeSent()).toBeLessThan(15_000_000);
    let length = 0;
    for await (const read of response) length += (read as Buffer).length;
    expect(length).toBeGreaterThan(20_000_000);
  });

  it('refuses a body of 100 MB without buffering it', async () => {
    const model = await startModel(() => undefined);
    const { baseURL } = await listen(toNode(relayTo(model)));
    const read = Buffer.alloc(64 * 1024, ' ');
    const before = process.memoryUsage.rss();
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const request = httpRequest(`${baseURL}/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        agent: false,
      });
      let status: number | undefined;
      request.on('response', (response) => {
        status = response.statusCode;
        response.resume().on('end', () => resolve(status));
      });
      // The connection is closed while the rest is sent.
      request.on('error', (error) => (status === undefined ? reject(error) : resolve(status)));
      let sent = 0;
      const send = (): void => {
        while (sent < 100 * 1024 * 1024 && !request.destroyed) {
          sent += read.length;
          if (!request.write(read)) return void request.once('drain', send);
        }
        request.end();
      };
      send();
    });
    expect(status).toBe(413);
    expect(process.memoryUsage.rss() - before).toBeLessThan(60_000_000);
  });

  it('refuses a declared size over the limit at once', async () => {
    const model = await startModel(() => undefined);
    const { port } = await listen(toNode(relayTo(model)));
    const socket = connect(port, '127.0.0.1');
    socket.write(
      'POST /api/chat/completions HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 104857600\r\n\r\n',
    );
    const response = await new Promise<Buffer>((resolve) => socket.once('data', resolve));
    expect(response.toString()).toMatch(/^HTTP\/1\.1 413 /);
    expect(response.toString()).toMatch(/\r\nconnection: close\r\n/i);
    socket.destroy();
  });

  it.each([
    ['a declared size over the limit', { 'content-length': 1_000_000 }, 413],
    ['more bytes than the limit', {}, 413],
    ['another type', { 'content-type': 'text/plain' }, 415],
    ['another method', { ':method': 'PUT' }, 405],
  ])('ends the stream of HTTP/2 of a body that is refused for %s', async (_, headers, status) => {
    const model = await startModel(() => undefined);
    const session = await listenHttp2(toNode(relayTo(model, { limits: { body: 1_000 } })));
    const stream = session.request({
      ':method': 'POST',
      ':path': '/api/chat/completions',
      'content-type': 'application/json',
      ...headers,
    });
    stream.end(Buffer.alloc(1_000_000, ' '));
    const [response] = (await once(stream, 'response')) as [IncomingHttpHeaders];
    expect(response[':status']).toBe(status);
    expect(JSON.parse(await text(stream))).toHaveProperty('error');
    // Its client need not send the rest.
    await until(() => stream.closed);
    expect(stream.rstCode).toBe(0);
  });

  it('refuses a body that does not arrive in time', async () => {
    const model = await startModel(() => undefined);
    const limits = { request: 20 };
    const { port } = await listen(toNode(relayTo(model, { limits })));
    const socket = connect(port, '127.0.0.1');
    socket.write(
      'POST /api/chat/completions HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{',
    );
    const response = await new Promise<Buffer>((resolve) => socket.once('data', resolve));
    expect(response.toString()).toMatch(/^HTTP\/1\.1 408 /);
    socket.destroy();
  });

  it.each([
    ['an object', (parsed: unknown) => parsed],
    ['text', (parsed: unknown) => JSON.stringify(parsed)],
    ['bytes', (parsed: unknown) => Buffer.from(JSON.stringify(parsed))],
  ])(
    'takes a body that a framework has parsed to %s, and the path before a router cut it',
    async (_, parsed) => {
      const model = await startModel(async (exchange) => {
        exchange.head();
        await exchange.write(
          'data: {"choices":[{"delta":{"content":"Hi"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n',
        );
        exchange.end();
      });
      const chat = toNode(relayTo(model));
      const { baseURL } = await listen(async (request, response) => {
        const chunks: Buffer[] = [];
        for await (const read of request) chunks.push(read as Buffer);
        const given = parsed(JSON.parse(Buffer.concat(chunks).toString()));
        await chat(Object.assign(request, { body: given, originalUrl: request.url, url: '/' }), response);
      });
      expect(await lastValueFrom(answerOf(baseURL))).toBe('Hi');
    },
  );

  it('adapts any handler: cookies, streams, and 500 for a rejection', async () => {
    const respond: RelayHandler = ({ url }) => {
      if (url.endsWith('/fail')) return Promise.reject(new Error('secret'));
      const headers = new Headers([
        ['set-cookie', 'a=1'],
        ['set-cookie', 'b=2'],
      ]);
      return Promise.resolve(new Response(new Blob(['Hello']).stream(), { status: 201, headers }));
    };
    const { baseURL } = await listen(toNode(respond));
    const response = await fetch(baseURL);
    expect([response.status, response.headers.getSetCookie(), await response.text()]).toEqual([
      201,
      ['a=1', 'b=2'],
      'Hello',
    ]);
    const failed = await fetch(`${baseURL}/fail`);
    expect([failed.status, await failed.text()]).toEqual([500, '']);
  });

  describe('with a response of fetch, which has decoded its body', () => {
    const compressed = (_: IncomingMessage, response: ServerResponse) =>
      Promise.resolve(
        void response.writeHead(403, { 'content-encoding': 'gzip' }).end(gzipSync('forbidden')),
      );

    it('responds with the decoded body', async () => {
      const origin = await listen(compressed);
      const { baseURL } = await listen(toNode(() => fetch(origin.baseURL)));
      const response = await fetch(baseURL);
      expect([response.status, response.headers.get('content-encoding'), await response.text()]).toEqual([
        403,
        null,
        'forbidden',
      ]);
    });

    it('leaves out the headers of its connection over HTTP/2', async () => {
      const origin = await listen(compressed);
      const session = await listenHttp2(toNode(() => fetch(origin.baseURL)));
      const stream = session.request().end();
      const [headers] = (await once(stream, 'response')) as [IncomingHttpHeaders];
      expect([headers[':status'], headers.connection, await text(stream)]).toEqual([
        403,
        undefined,
        'forbidden',
      ]);
    });
  });

  it.each([
    ['is an error of the platform', Response.error()],
    ['is read by another', readByAnother()],
    ['has a header that Node does not accept', new Response(null, { headers: { 'x-title': 'a\x01' } })],
    ['is an object', { status: 200, headers: {}, body: 'own' } as never],
    ['has the headers of another library', { status: 200, headers: new Map(), body: null } as never],
    [
      'has a body of Node',
      { status: 200, headers: new Headers(), body: Readable.from('own'), url: '' } as never,
    ],
  ])('answers 500 for a response that %s', async (_, response) => {
    const { baseURL } = await listen(toNode(() => Promise.resolve(response)));
    expect((await ask(baseURL)).statusCode).toBe(500);
  });

  it('leaves a response to the handler that has begun it', async () => {
    const rejected: unknown[] = [];
    const { baseURL } = await listen(async (request, response) => {
      response.writeHead(200).write('other');
      await toNode(() => Promise.resolve(new Response('own')))(request, response).catch((error: unknown) =>
        rejected.push(error),
      );
      response.end();
    });
    expect(await fetch(baseURL).then((response) => response.text())).toBe('other');
    expect(rejected).toEqual([]);
  });

  it('waits for a slow reader with one listener', async () => {
    const counts: number[] = [];
    const { baseURL } = await listen((request, response) => {
      const stream = new ReadableStream<Uint8Array>({
        pull: (controller) => {
          counts.push(response.listenerCount('close') + response.listenerCount('drain'));
          controller.enqueue(new Uint8Array(100_000));
          if (counts.length === 60) controller.close();
        },
      });
      return toNode(() => Promise.resolve(new Response(stream)))(request, response);
    });
    expect((await fetch(baseURL).then((response) => response.arrayBuffer())).byteLength).toBe(6_000_000);
    expect(Math.max(...counts)).toBe(counts[5]);
  });

  describe('with a client that reads nothing', () => {
    /** Shortens the wait for a reader to 20 ms, and returns the waits that were requested. */
    const shortenWaits = (): readonly number[] => {
      const { setTimeout } = ServerResponse.prototype;
      const waits: number[] = [];
      jest.spyOn(ServerResponse.prototype, 'setTimeout').mockImplementation(function (
        this: ServerResponse,
        ms,
      ) {
        waits.push(ms);
        return setTimeout.call(this, ms === 600_000 ? 20 : ms);
      });
      return waits;
    };
    afterEach(() => jest.restoreAllMocks());

    const large = 'x'.repeat(10_000_000);
    const answerWith = (...chunks: ReadonlyArray<Observable<ChatCompletionChunk>>): RelayHandler =>
      relay({
        answer: () => concat(...chunks).pipe(map((chunk) => right(chunk))),
        authorize: () => 'anna',
        allow: { models: ['small'] },
        limits: { total: 50 },
      });
    const handlers: ReadonlyArray<readonly [string, RelayHandler]> = [
      ['an answer that has ended', answerWith(of(textChunk(large), finishChunk('stop')))],
      ['an answer whose time is over', answerWith(of(textChunk(large)), NEVER)],
      ['a completion', () => Promise.resolve(Response.json({ large }))],
    ];

    it.each(handlers)('closes the connection of %s', async (_, handler) => {
      const waits = shortenWaits();
      let isClosed = false;
      const { port } = await listen((request, response) => {
        response.once('close', () => (isClosed = true));
        return toNode(handler)(request, response);
      });
      const socket = connect(port, '127.0.0.1').on('error', () => undefined);
      socket.pause().write(rawPost);
      await until(() => isClosed);
      expect(waits[0]).toBe(600_000);
      socket.destroy();
    });

    it('closes the connection at once if the source ignores that it does not read', async () => {
      let isClosed = false;
      const event$ = interval(0).pipe(map(() => 'x'.repeat(4 * 1024 * 1024)));
      const { port } = await listen((request, response) => {
        response.once('close', () => (isClosed = true));
        return toNode((http) => toResponse(event$, http))(request, response);
      });
      const socket = connect(port, '127.0.0.1').on('error', () => undefined);
      socket.pause().write(rawPost);
      await until(() => isClosed);
      socket.destroy();
    });

    it.each(handlers)('closes the stream of HTTP/2 of %s', async (_, handler) => {
      const { setTimeout } = Http2ServerResponse.prototype;
      jest.spyOn(Http2ServerResponse.prototype, 'setTimeout').mockImplementation(function (
        this: Http2ServerResponse,
        ms,
      ) {
        setTimeout.call(this, ms === 600_000 ? 20 : ms);
      });
      let isClosed = false;
      const session = await listenHttp2((request, response) => {
        response.once('close', () => (isClosed = true));
        return toNode(handler)(request, response);
      });
      const stream = session.request({
        ':method': 'POST',
        ':path': '/api/chat/completions',
        'content-type': 'application/json',
      });
      stream.on('error', () => undefined).end(body);
      await until(() => isClosed);
    });

    it('leaves the time to a server that has a limit of its own', async () => {
      const waits = shortenWaits();
      let isClosed = false;
      const { port } = await listen((request, response) => {
        request.socket.setTimeout(50);
        response.once('close', () => (isClosed = true));
        return toNode(handlers[0]![1])(request, response);
      });
      const socket = connect(port, '127.0.0.1').on('error', () => undefined);
      socket.pause().write(rawPost);
      await until(() => isClosed);
      expect(waits).toEqual([]);
      socket.destroy();
    });
  });

  it('does not call the handler for a pipelined request that a framework passes on after its connection has closed', async () => {
    let requests = 0;
    let calls = 0;
    let isPassedOn = false;
    const { port } = await listen(async (request, response) => {
      requests += 1;
      if (requests === 1) return;
      await once(request.socket, 'close');
      await toNode(() => {
        calls += 1;
        return Promise.resolve(new Response('late'));
      })(request, response);
      isPassedOn = true;
    });
    const socket = connect(port, '127.0.0.1');
    socket.write(rawPost.repeat(2));
    await until(() => requests === 2);
    socket.destroy();
    await until(() => isPassedOn);
    expect(calls).toBe(0);
  });

  it('closes each pipelined response once', async () => {
    let closes = 0;
    const answers = [
      new Response('first'),
      new Response(new ReadableStream({ start: (controller) => controller.enqueue(Buffer.from('second')) })),
    ];
    const { port } = await listen((request, response) => {
      response.on('close', () => (closes += 1));
      return toNode(async (http) => {
        await http.text();
        return answers.shift()!;
      })(request, response);
    });
    let received = '';
    const socket = connect(port, '127.0.0.1').on('data', (read) => (received += String(read)));
    socket.write(rawPost.repeat(2));
    await until(() => received.includes('second'));
    socket.destroy();
    await until(() => closes > 1);
    await new Promise((resolve) => setImmediate(resolve));
    expect(closes).toBe(2);
  });

  it.each(['TRACE / HTTP/1.1', 'GET http://[ HTTP/1.1', 'GET * HTTP/1.1'])(
    'responds with 4xx to a request that the platform does not allow: %s',
    async (line) => {
      const { port } = await listen(toNode(relayTo(await startModel(() => undefined))));
      const socket = connect(port, '127.0.0.1');
      socket.write(`${line}\r\nhost: a\r\n\r\n`);
      const response = await new Promise<Buffer>((resolve) => socket.once('data', resolve));
      expect(response.toString()).toMatch(/^HTTP\/1\.1 4\d\d /);
      socket.destroy();
    },
  );

  it('keeps the body of a response that a wrapper has changed', async () => {
    const model = await startModel(async (exchange) => {
      exchange.head();
      await exchange.write(
        'data: {"choices":[{"delta":{"content":"Hi"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n',
      );
      exchange.end();
    });
    const chat = relayTo(model);
    const { baseURL } = await listen(
      toNode(async (http) => {
        const { body, headers } = await chat(http);
        return new Response(body, { headers: { ...Object.fromEntries(headers), 'x-mine': '1' } });
      }),
    );
    expect(await lastValueFrom(answerOf(baseURL))).toBe('Hi');
  });
});

/** Sends a question and leaves: before the head, at the head, or in the body. */
function askAndLeave(baseURL: string, random: number): Promise<void> {
  return new Promise((resolve) => {
    const request = httpRequest(`${baseURL}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      agent: false,
    })
      .on('response', (response) => response.on('error', () => undefined).resume())
      .on('error', () => undefined)
      .once('close', resolve);
    request.end(body);
    setTimeout(() => request.destroy(), random * 120);
  });
}

describe('readers that leave at any moment', () => {
  it.each(Object.entries(transports))('stop the model, over %s', async (_, transport) => {
    const model = await startModel(async (exchange) => {
      await new Promise((resolve) => setTimeout(resolve, 30));
      if (exchange.listening) exchange.head();
      while (exchange.listening) {
        await exchange.write(bytesOf(textChunk('Hello ')));
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    });
    const { baseURL } = await listen(toNode(relayTo(model, {}, transport)));
    const readers = Array.from({ length: 100 }, (__, i) => askAndLeave(baseURL, ((i * 37) % 100) / 100));
    await Promise.all(readers);
    await model.when(({ busy }) => busy === 0);
    await model.when(({ open: sockets, requests, aborts }) => aborts === requests && sockets <= requests);
  });
});
