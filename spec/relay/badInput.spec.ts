import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

import { NEVER } from 'rxjs';
import { memoryLog, resumeFrom, type RelayOptions } from 'rxjs-chat-completions/relay';
import { toNode } from 'rxjs-chat-completions/relay/node';
import type { Script, ScriptedTransport } from 'rxjs-chat-completions/testing';

import { until } from '../helpers/until';
import { post, question, relayOf } from './relayOf';

describe('a relay on node:http', () => {
  let server: Server | undefined;
  const sockets: Socket[] = [];
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
    server?.close();
    server?.closeAllConnections();
  });

  const listen = async (
    replies: Script,
    options: Partial<RelayOptions> = {},
  ): Promise<{ port: number; model: ScriptedTransport; errors: unknown[] }> => {
    const errors: unknown[] = [];
    const { handler, model } = relayOf(replies, { onError: (error) => errors.push(error), ...options });
    const onRequest = toNode(handler);
    server = createServer((request, response) => void onRequest(request, response)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return { port: (server.address() as AddressInfo).port, model, errors };
  };

  /** Sends text as it is, and collects what is received. */
  const send = (
    port: number,
    text: string,
  ): { readonly socket: Socket; received: string; isOver: boolean } => {
    const socket = connect(port, '127.0.0.1');
    sockets.push(socket);
    const line = { socket, received: '', isOver: false };
    socket.setEncoding('utf8').on('data', (read) => (line.received += String(read)));
    socket.on('error', () => undefined).on('close', () => (line.isOver = true));
    socket.write(text);
    return line;
  };

  const body = JSON.stringify({ ...question, stream: true });
  const head = (more = '', size = body.length, method = 'POST'): string =>
    `${method} /api/chat/completions HTTP/1.1\r\nhost: relay\r\ncontent-type: application/json\r\ncontent-length: ${size}\r\n${more}\r\n`;

  /** Whether the server still answers. */
  const isAlive = async (port: number): Promise<boolean> => {
    const { status } = await fetch(`http://127.0.0.1:${port}/api/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    return status === 200;
  };

  it.each([
    ['in the request line', 'POST /api/chat'],
    ['in the headers', 'POST /api/chat/completions HTTP/1.1\r\nhost: re'],
    ['before the body', head()],
    ['in the body', head() + body.slice(0, 10)],
    ['behind a body that is longer than declared', head('', 10) + body],
  ])('calls no model for a reader that leaves %s', async (_, text) => {
    const { port, model, errors } = await listen('Hello');
    const { socket } = send(port, text);
    await once(socket, 'connect');
    await new Promise((resolve) => socket.write('', resolve));
    socket.destroy();
    await once(socket, 'close');
    expect(await isAlive(port)).toBe(true);
    expect(model.requests).toHaveLength(1);
    expect(errors).toEqual([]);
  });

  it('has no body for HEAD, and names the methods for OPTIONS', async () => {
    const { port, model } = await listen('Hello');
    for (const method of ['HEAD', 'OPTIONS', 'PATCH']) {
      const line = send(port, head('connection: close\r\n', 0, method));
      await until(() => line.isOver);
      expect(line.received).toMatch(/^HTTP\/1\.1 405 [^\r]*\r\n[^]*allow: POST\r\n/);
      expect(line.received.includes('"error"')).toBe(method !== 'HEAD');
    }
    expect(model.requests).toEqual([]);
  });

  it('closes the connection of a body that was refused, and does not take its rest for a request', async () => {
    const { port, model } = await listen('Hello', { limits: { body: 20 } });
    const smuggled = `POST /api/chat/completions HTTP/1.1\r\nhost: relay\r\n\r\n`;
    const line = send(port, head('', 1_000) + smuggled.repeat(3));
    await until(() => line.isOver);
    expect(line.received).toMatch(/^HTTP\/1\.1 413 [^]*connection: close\r\n/);
    expect(line.received.match(/HTTP\/1\.1/g)).toHaveLength(1);
    expect(model.requests).toEqual([]);
  });

  it('stops the model when the reader closes its side only after the head', async () => {
    const { port, model } = await listen({ parts: ['Hello', { stall: Infinity }] });
    const line = send(port, head() + body);
    await until(() => line.received.includes('Hello'));
    expect(line.received).toMatch(/^HTTP\/1\.1 200 /);
    line.socket.destroy();
    await until(() => model.requests[0]?.aborted === true);
  });

  it('stops the models of pipelined requests when their connection closes', async () => {
    const { port, model } = await listen({ parts: ['Hello', { stall: Infinity }] });
    const line = send(port, (head() + body).repeat(3));
    await until(() => model.requests.length === 3 && line.received.includes('Hello'));
    line.socket.destroy();
    await until(() => model.requests.every(({ aborted }) => aborted));
  });

  it('answers two requests of one connection in order', async () => {
    const { port, model } = await listen('Hello');
    const line = send(port, head() + body + head('connection: close\r\n') + body);
    await until(() => line.isOver);
    expect(line.received.match(/data: \[DONE\]/g)).toHaveLength(2);
    expect(model.requests).toHaveLength(2);
  });
});

describe('a relay with a log', () => {
  const withLog = () => relayOf('Hello', { resume: resumeFrom(memoryLog()) });

  it.each(['%0A', '%00', '%E2%82%AC', '%', '%C3', '..%2F..', 'x'.repeat(300)])(
    'responds with 404 to an id that it cannot have given: %s',
    async (id) => {
      const { handler, model } = withLog();
      for (const method of ['GET', 'DELETE']) {
        const response = await handler(new Request(`http://relay/api/chat/completions/${id}`, { method }));
        expect(response.status).toBe(404);
      }
      expect(model.requests).toEqual([]);
    },
  );

  it('survives an id that fits in no header while its log is slow', async () => {
    const slow = { ...memoryLog(), read$: () => NEVER };
    const { handler } = relayOf('Hello', { resume: resumeFrom(slow), heartbeat: 5 });
    const response = await handler(new Request('http://relay/api/chat/completions/%0A'));
    expect(response.status).toBe(404);
  });

  it.each(['HEAD', 'OPTIONS', 'PUT', 'POST'])('does not know %s of an answer', async (method) => {
    const response = await withLog().handler(new Request('http://relay/chat/completions/m', { method }));
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, DELETE']);
  });

  it('sends nothing after a cursor of a longer answer, and ends', async () => {
    const { handler } = withLog();
    const http = post();
    http.headers.set('idempotency-key', 'short');
    await (await handler(http)).text();
    const response = await handler(
      new Request('http://relay/chat/completions/short', { headers: { 'last-event-id': '999999' } }),
    );
    expect(response.status).toBe(204);
  });
});

describe('the secrets of a relay', () => {
  const KEY = 'sk-of-the-relay';

  it.each([
    ['a refusal', { status: 401, message: `Incorrect API key provided: ${KEY}` }],
    ['an error after output', { parts: ['Hello', { errorFrame: `the key ${KEY} is spent` }] }],
    ['an event that is not JSON', { parts: ['Hello', { bad: 'json' as const }] }],
  ])('are not in the response to %s, even if errors are exposed', async (_, reply) => {
    for (const exposeErrors of [false, true]) {
      const { handler } = relayOf([reply], { exposeErrors });
      const response = await handler(post());
      const sent = [...response.headers].join('\n') + (await response.text());
      expect(sent).not.toContain(KEY);
      expect(sent).toContain('"error"');
    }
  });

  it('and the headers of the model are not in its responses', async () => {
    const headers = {
      'set-cookie': 'session=1',
      'openai-organization': 'acme',
      'x-ratelimit-remaining-tokens': '5',
      server: 'internal-host',
      'access-control-allow-origin': '*',
    };
    for (const reply of [
      { headers, parts: ['Hello'] },
      { headers, status: 503 },
    ]) {
      const response = await relayOf([reply]).handler(post());
      for (const name of Object.keys(headers)) expect(response.headers.get(name)).toBeNull();
    }
  });
});
