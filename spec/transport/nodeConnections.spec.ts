import { Agent } from 'node:http';
import { Agent as HttpsAgent, createServer } from 'node:https';
import {
  connect,
  createServer as createTcpServer,
  type AddressInfo,
  type Server,
  type Socket,
} from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';

import { firstValueFrom, lastValueFrom, Subject, take, toArray } from 'rxjs';

import { nodeTransport } from '../../lib/node/nodeTransport';
import { ReadGate } from '../../lib/transport/ReadGate';
import { isResponseHead, type TransportRequest } from '../../lib/transport/transport';
import { answerOf, errorOf, requestTo, serve, someTurns, textOf, twoReads } from './contract';
import { selfSigned } from './selfSigned';

const servers: Server[] = [];
const sockets = new Set<Socket>();

/** Starts a server that writes bytes, not HTTP. */
async function serveRaw(onRequest: (socket: Socket, turn: number) => void): Promise<TransportRequest> {
  let turn = 0;
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('data', () => onRequest(socket, ++turn));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { method: 'GET', url: `http://127.0.0.1:${port}/v1/models`, headers: {} };
}

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

const chunked = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n';
const ok = 'HTTP/1.1 200 OK\r\n';

describe('nodeTransport reads a response', () => {
  it.each<readonly [string, string, string]>([
    ['after 100 Continue', `HTTP/1.1 100 Continue\r\n\r\n${ok}content-length: 2\r\n\r\nHi`, 'Hi'],
    [
      'after 103 Early Hints',
      `HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n${ok}content-length: 2\r\n\r\nHi`,
      'Hi',
    ],
    ['with trailers', `${chunked}trailer: x-t\r\n\r\n2\r\nHi\r\n0\r\nx-t: 1\r\n\r\n`, 'Hi'],
    ['with chunk extensions', `${chunked}\r\n2;a=b\r\nHi\r\n0\r\n\r\n`, 'Hi'],
    ['with chunks of one byte', `${chunked}\r\n1\r\nH\r\n1\r\ni\r\n0\r\n\r\n`, 'Hi'],
    [
      'with sizes in upper case and zeros before them',
      `${chunked}\r\n00A\r\n0123456789\r\n0\r\n\r\n`,
      '0123456789',
    ],
    ['without a reason phrase', 'HTTP/1.1 200\r\ncontent-length: 2\r\n\r\nHi', 'Hi'],
    ['without a body', `${ok}content-length: 0\r\n\r\n`, ''],
    ['of status 204', 'HTTP/1.1 204 No Content\r\n\r\n', ''],
    ['with header names in upper case', `${ok}CONTENT-LENGTH: 2\r\n\r\nHi`, 'Hi'],
    ['with more bytes than its length', `${ok}content-length: 2\r\n\r\nHi there`, 'Hi'],
  ])('%s', async (_, wire, text) => {
    const request = await serveRaw((socket) => socket.write(wire));
    expect((await answerOf(request, nodeTransport())).text).toBe(text);
  });

  it('that ends with its connection, of HTTP/1.0', async () => {
    const request = await serveRaw((socket) => socket.end('HTTP/1.0 200 OK\r\n\r\nHi'));
    expect((await answerOf(request, nodeTransport())).text).toBe('Hi');
  });

  it('of any status with its body', async () => {
    const request = await serveRaw((socket) =>
      socket.write('HTTP/1.1 599 Odd\r\ncontent-length: 2\r\n\r\nHi'),
    );
    expect(await answerOf(request, nodeTransport())).toMatchObject({ head: { status: 599 }, text: 'Hi' });
  });
});

describe('nodeTransport errors', () => {
  it.each<readonly [string, string, object]>([
    ['at text that is not HTTP', 'SSH-2.0-OpenSSH_9.2\r\n', { phase: 'connect' }],
    ['at a head over the limit of Node', `${ok}x: ${'y'.repeat(100_000)}\r\n\r\n`, { phase: 'connect' }],
    ['at two lengths', `${ok}content-length: 2\r\ncontent-length: 3\r\n\r\nHi`, { phase: 'connect' }],
    ['at a chunk size that is not a number', `${chunked}\r\nzz\r\nHi\r\n`, { phase: 'body' }],
  ])('with a ConnectionError %s', async (_, wire, expected) => {
    const request = await serveRaw((socket) => socket.write(wire));
    expect(await errorOf(request, nodeTransport())).toMatchObject({ _tag: 'ConnectionError', ...expected });
  });

  it.each<readonly [string, string, (socket: Socket) => void]>([
    ['a close before the head', 'connect', (socket) => socket.end()],
    ['a reset before the head', 'connect', (socket) => socket.resetAndDestroy()],
    ['a close in the head', 'connect', (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent')],
    ['a close in a body with a length', 'body', (socket) => socket.end(`${ok}content-length: 9\r\n\r\nHi`)],
    ['a close in a chunked body', 'body', (socket) => socket.end(`${chunked}\r\n2\r\nHi\r\n`)],
    ['a close in a chunk', 'body', (socket) => socket.end(`${chunked}\r\n9\r\nHi`)],
  ])('with a retryable ConnectionError after %s', async (_, phase, send) => {
    const request = await serveRaw((socket) => send(socket));
    expect(await errorOf(request, nodeTransport())).toMatchObject({
      ...{ _tag: 'ConnectionError', phase, code: 'ECONNRESET', retryable: true },
    });
  });

  it('with a ConnectionError after its agent was destroyed', async () => {
    const server = await serve(async (exchange) => {
      exchange.head();
      await exchange.write('one ');
    });
    const agent = new Agent({ keepAlive: true });
    const failed = new Promise((resolve) => {
      nodeTransport({ agent })(requestTo(server)).subscribe({
        next: (part) => {
          if (!isResponseHead(part)) agent.destroy();
        },
        error: resolve,
      });
    });
    expect(await failed).toMatchObject({ _tag: 'ConnectionError', phase: 'body', retryable: true });
  });

  it.each<readonly [string, () => unknown]>([
    ['that is text', () => 'proxy'],
    ['that is an object', () => ({})],
    [
      'that a function throws for',
      () => () => {
        throw new Error('no agent');
      },
    ],
    ['that is another value of a function', () => () => 7],
    ['of https for a URL of http', () => new HttpsAgent()],
  ])('with a RequestError for an agent %s', async (_, agent) => {
    const server = await serve(twoReads);
    const error = await errorOf(requestTo(server), nodeTransport({ agent: agent() as Agent }));
    expect(error).toMatchObject({ _tag: 'RequestError', retryable: false });
    expect((error as Error).message).toMatch(/^the request cannot be sent; check/);
    expect(server.counts.requests).toBe(0);
  });
});

describe('nodeTransport with a server that responds before it has read the request', () => {
  it.each([
    ['an error', 'HTTP/1.1 413 Payload Too Large\r\ncontent-length: 2\r\n\r\nNo', 'No'],
    ['a complete answer', `${chunked}\r\n2\r\nHi\r\n0\r\n\r\n`, 'Hi'],
  ])('sends no more after %s, and leaves no uncaught error', async (_, wire, text) => {
    let socket: Socket | undefined;
    const request = await serveRaw((connection) => {
      if (socket !== undefined) return;
      socket = connection.pause();
      socket.write(wire);
    });
    // More than the system buffers.
    const body = 'x'.repeat(32 * 1024 * 1024);
    const { text: received } = await answerOf({ ...request, method: 'POST', body }, nodeTransport());
    expect(received).toBe(text);
    const isClosed = new Promise((resolve) => socket?.on('close', resolve));
    socket?.resume();
    await isClosed;
    expect(socket?.bytesRead).toBeLessThan(body.length);
  });
});

describe('nodeTransport with a limited agent', () => {
  it.each([
    ['completes', 'complete'],
    ['is unsubscribed', 'unsubscribe'],
  ] as const)('sends a request that waits for a connection when the one before %s', async (_, way) => {
    const next = new Subject<void>();
    const server = await serve(async (exchange) => {
      exchange.head();
      await exchange.write('one ');
      if (exchange.turn === 1) await firstValueFrom(next);
      await exchange.write('two');
      exchange.end();
    });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const transport = nodeTransport({ agent });
    const first = transport(requestTo(server)).subscribe();
    await server.when(({ busy }) => busy === 1);
    const second = answerOf(requestTo(server), transport);
    await someTurns();
    expect(server.counts.requests).toBe(1);
    if (way === 'complete') next.next();
    else first.unsubscribe();
    expect((await second).text).toBe('one two');
    next.next();
    agent.destroy();
  });

  it('sends nothing for a request that is unsubscribed while it waits', async () => {
    const next = new Subject<void>();
    const server = await serve(async (exchange) => {
      exchange.head();
      await firstValueFrom(next);
      exchange.end();
    });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const transport = nodeTransport({ agent });
    const first = answerOf(requestTo(server), transport);
    await server.when(({ busy }) => busy === 1);
    transport(requestTo(server)).subscribe().unsubscribe();
    next.next();
    await first;
    await someTurns();
    expect(server.counts.requests).toBe(1);
    agent.destroy();
  });
});

describe('nodeTransport through a proxy that tunnels', () => {
  /** An agent that opens a tunnel by CONNECT. */
  class TunnelAgent extends HttpsAgent {
    readonly #port: number;
    constructor(port: number) {
      super({ ca: selfSigned.cert, keepAlive: false });
      this.#port = port;
    }
    override createConnection(
      options: { readonly host?: string; readonly port?: number },
      created?: (error: Error | null, socket: Duplex) => void,
    ): undefined {
      const socket = connect(this.#port, '127.0.0.1');
      socket.write(`CONNECT ${options.host}:${options.port} HTTP/1.1\r\n\r\n`);
      socket.on('error', (error) => created?.(error, socket));
      socket.once('data', (head) => {
        if (!String(head).startsWith('HTTP/1.1 200')) {
          socket.destroy();
          created?.(new Error(`the proxy answered ${String(head).split('\r\n')[0] ?? ''}`), socket);
          return;
        }
        created?.(null, connectTls({ socket, ca: selfSigned.cert, servername: 'localhost' }));
      });
    }
  }

  it.each([
    ['reads the answer', '200 OK', 'hello'],
    ['errors with its refusal', '407 Proxy Authentication Required', undefined],
  ])('%s', async (_, status, text) => {
    const model = createServer(selfSigned, (__, response) => response.end('hello'));
    servers.push(model);
    await new Promise<void>((resolve) => model.listen(0, '127.0.0.1', resolve));
    const { port } = model.address() as AddressInfo;
    const proxy = await serveRaw((socket) => {
      socket.removeAllListeners('data');
      socket.write(`HTTP/1.1 ${status}\r\n\r\n`);
      if (status !== '200 OK') return;
      const upstream = connect(port, '127.0.0.1');
      sockets.add(upstream);
      upstream.on('error', () => undefined);
      socket.pipe(upstream).pipe(socket);
    });
    const agent = new TunnelAgent(Number(new URL(proxy.url).port));
    const request: TransportRequest = { method: 'GET', url: `https://localhost:${port}/v1`, headers: {} };
    if (text === undefined) {
      expect(await errorOf(request, nodeTransport({ agent }))).toMatchObject({
        ...{ _tag: 'ConnectionError', phase: 'connect' },
      });
    } else {
      expect((await answerOf(request, nodeTransport({ agent }))).text).toBe(text);
    }
    agent.destroy();
    model.closeAllConnections();
  });
});

describe('nodeTransport decodes', () => {
  const long = 'So long a text. '.repeat(20_000);

  it.each<readonly [string, string, (text: string) => Uint8Array]>([
    ['gzip', 'gzip', gzipSync],
    ['deflate with the header of zlib', 'deflate', deflateSync],
    ['deflate without it', 'deflate', deflateRawSync],
    ['br', 'br', brotliCompressSync],
    ['two codings', 'deflate, gzip', (text) => gzipSync(deflateRawSync(text))],
  ])('%s, a byte at a time and in one read', async (_, coding, compress) => {
    for (const [text, size] of [
      ['Hé', 1],
      [long, Infinity],
    ] as const) {
      const body = compress(text);
      const server = await serve(async (exchange) => {
        exchange.head(200, { 'content-encoding': coding });
        for (let at = 0; at < body.length; at += Math.min(size, body.length))
          await exchange.write(body.subarray(at, at + size));
        exchange.end();
      });
      const { text: received } = await answerOf(requestTo(server), nodeTransport());
      expect(received === text).toBe(true);
    }
  });

  it('two members of gzip, one after the other', async () => {
    const body = Buffer.concat([gzipSync('one '), gzipSync('two')]);
    const server = await serve((exchange) => exchange.whole(200, { 'content-encoding': 'gzip' }, body));
    expect((await answerOf(requestTo(server), nodeTransport())).text).toBe('one two');
  });

  it.each(['zstd', 'identity', 'constructor', '__proto__', 'gzip, constructor'])(
    'nothing of a body with the coding %s',
    async (coding) => {
      const server = await serve((exchange) => exchange.whole(200, { 'content-encoding': coding }, 'Hi'));
      expect((await answerOf(requestTo(server), nodeTransport())).text).toBe('Hi');
    },
  );

  it.each(['gzip', 'deflate', 'br'])('no more of %s than a closed gate lets through', async (coding) => {
    const compress = { gzip: gzipSync, deflate: deflateRawSync, br: brotliCompressSync }[coding];
    const zeros = Buffer.alloc(16 * 1024 * 1024);
    const body = compress?.(zeros) ?? zeros;
    const server = await serve((exchange) => exchange.whole(200, { 'content-encoding': coding }, body));
    const gate = new ReadGate();
    let received = 0;
    const parts = new Subject<void>();
    const call = nodeTransport()(requestTo(server, { gate })).subscribe((part) => {
      if (isResponseHead(part)) return;
      received += part.length;
      gate.hold();
      parts.next();
    });
    await firstValueFrom(parts);
    const before = process.memoryUsage().arrayBuffers;
    await someTurns();
    expect(received).toBeLessThan(1024 * 1024);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 1024 * 1024);
    call.unsubscribe();
    await server.when(({ busy }) => busy === 0);
  });

  it('what precedes damaged bytes, and then errors', async () => {
    const body = gzipSync(long, { level: 0 });
    body.fill(0xff, body.length - 20_000);
    const server = await serve((exchange) => exchange.whole(200, { 'content-encoding': 'gzip' }, body));
    const texts: string[] = [];
    const error = await new Promise((resolve) => {
      nodeTransport()(requestTo(server)).subscribe({
        next: (part) => isResponseHead(part) || texts.push(textOf([part])),
        error: resolve,
      });
    });
    expect(error).toMatchObject({ _tag: 'ConnectionError', phase: 'body' });
    expect(long.startsWith(texts.join('').slice(0, 1_000))).toBe(true);
    expect(texts).not.toEqual([]);
  });

  it('nothing more after it is unsubscribed, and closes the connection', async () => {
    const server = await serve(async (exchange) => {
      exchange.head(200, { 'content-encoding': 'gzip' });
      await exchange.write(gzipSync(long));
    });
    const parts = await lastValueFrom(nodeTransport()(requestTo(server)).pipe(take(2), toArray()));
    expect(parts).toHaveLength(2);
    await server.when(({ aborts, busy }) => aborts === 1 && busy === 0);
  });

  it('plain text that is labelled deflate to an error', async () => {
    const server = await serve((exchange) =>
      exchange.whole(200, { 'content-encoding': 'deflate' }, 'plain text'),
    );
    expect(await errorOf(requestTo(server), nodeTransport())).toMatchObject({
      _tag: 'ConnectionError',
      phase: 'body',
    });
  });
});
