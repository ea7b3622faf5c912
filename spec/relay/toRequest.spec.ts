import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, createServer as createHttp2Server, type Http2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';

import { toNode, type NodeRequestHandler } from 'rxjs-chat-completions/relay/node';

import { question, relayOf } from './relayOf';

const PATH = '/api/chat/completions';
const headers = { 'content-type': 'application/json' };
const body = JSON.stringify({ ...question, stream: true });

describe('a request of node:http', () => {
  const closers: Array<() => void> = [];
  afterEach(() => {
    for (const close of closers.splice(0)) close();
  });

  const portOf = async (server: Server | Http2Server): Promise<number> => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    closers.push(() => server.close());
    return (server.address() as AddressInfo).port;
  };

  const send = async (handler: NodeRequestHandler, init: RequestInit): Promise<Response> => {
    const server = createServer((request, response) => void handler(request, response));
    closers.push(() => server.closeAllConnections());
    return fetch(`http://127.0.0.1:${await portOf(server)}${PATH}`, { method: 'POST', headers, ...init });
  };

  it('may be one of HTTP/2', async () => {
    const server = createHttp2Server(toNode(relayOf('Hello').handler) as never);
    const session = connect(`http://127.0.0.1:${await portOf(server)}`);
    closers.push(() => session.destroy());
    const stream = session.request({ ':method': 'POST', ':path': PATH, ...headers });
    const head = once(stream, 'response');
    stream.end(body);
    expect((await head)[0]).toMatchObject({ ':status': 200 });
    expect(await text(stream)).toContain('data: [DONE]');
  });

  it('has the body that a framework has decompressed, without the headers of the bytes', async () => {
    const chat = toNode(relayOf('Hello').handler);
    const response = await send(
      async (request, answer) => {
        await text(request);
        await chat(Object.assign(request, { body: JSON.parse(body) as unknown }), answer);
      },
      { headers: { ...headers, 'content-encoding': 'gzip' }, body: gzipSync(body) },
    );
    expect(await response.text()).toContain('data: [DONE]');
  });

  it('has the body that was not read, whatever a parser for other types has set in its place', async () => {
    const chat = toNode(relayOf('Hello').handler);
    const response = await send(
      async (request, answer) => chat(Object.assign(request, { body: {} }), answer),
      { body },
    );
    expect(await response.text()).toContain('data: [DONE]');
  });

  it('has the body that an adapter has set on a request without a stream', async () => {
    const chat = toNode(relayOf('Hello').handler);
    const response = await send(
      async (request, answer) => chat(Object.assign(request, { body: JSON.parse(body) as unknown }), answer),
      {},
    );
    expect(await response.text()).toContain('data: [DONE]');
  });

  it('is refused as one without fields if its body was empty, in whose place Express 4 has an object', async () => {
    const chat = toNode(relayOf('Hello').handler);
    const response = await send(
      async (request, answer) => {
        await text(request);
        await chat(Object.assign(request, { body: {} }), answer);
      },
      { body: '' },
    );
    expect(response.status).toBe(400);
  });

  it('is refused at once if its body was read and not passed on, and the log has the reason', async () => {
    const onError = jest.fn();
    const chat = toNode(relayOf('Hello', { limits: { request: 1_000_000 }, onError }).handler);
    const response = await send(
      async (request, answer) => {
        await text(request);
        await chat(request, answer);
      },
      { body },
    );
    expect(response.status).toBe(500);
    expect(onError).toHaveBeenCalledWith(
      new Error(
        'the body was read before the relay: pass the request unread, a clone, or to toNode one with its parsed body',
      ),
      expect.anything(),
    );
  });
});
