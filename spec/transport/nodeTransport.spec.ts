import { Agent, globalAgent } from 'node:http';
import { Agent as HttpsAgent, createServer, type AgentOptions } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';

import { BehaviorSubject, filter, firstValueFrom, lastValueFrom, toArray } from 'rxjs';

import { keepAliveAgents } from '../../lib/node/agents';
import { nodeTransport } from '../../lib/node/nodeTransport';
import { isResponseHead, type Bytes, type TransportRequest } from '../../lib/transport/transport';
import {
  answerOf,
  completeAtZ,
  describeTransport,
  errorOf,
  KEY,
  requestTo,
  serve,
  someTurns,
  textOf,
  twoReads,
  untilZ,
} from './contract';
import { selfSigned } from './selfSigned';

describeTransport('nodeTransport', { transport: nodeTransport(), cutCode: 'ECONNRESET' });

const get: TransportRequest = { method: 'GET', url: 'http://model.invalid/v1/models', headers: {} };

/** An agent whose connections all lead to one port, as those of a proxy do, and which remembers them. */
class AgentTo extends Agent {
  readonly made: Socket[] = [];
  readonly #port: number;
  readonly #onMade: (socket: Socket) => void;

  constructor(port: number, onMade: (socket: Socket) => void = () => undefined) {
    super({ keepAlive: true });
    this.#port = port;
    this.#onMade = onMade;
  }

  override createConnection(): Socket {
    const socket = connect(this.#port, '127.0.0.1');
    this.made.push(socket);
    this.#onMade(socket);
    return socket;
  }
}

describe('nodeTransport', () => {
  it('accepts no compression', async () => {
    const server = await serve(twoReads);
    await answerOf(requestTo(server), nodeTransport());
    expect(server.received[0]?.headers).not.toHaveProperty('accept-encoding');
  });

  it('joins the values of a header that is sent twice', async () => {
    const server = await serve((exchange) => exchange.whole(200, { 'set-cookie': ['a=1', 'b=2'] }, ''));
    const { head } = await answerOf(requestTo(server), nodeTransport());
    expect(head.headers).toMatchObject({ 'set-cookie': 'a=1, b=2' });
  });

  it('emits bytes whose slice is a copy, as those of fetch', async () => {
    const server = await serve(twoReads);
    const parts = await lastValueFrom(nodeTransport()(requestTo(server)).pipe(toArray()));
    const read = parts.find((part) => !isResponseHead(part)) as Bytes;
    const copy = read.slice();
    read.fill(0);
    expect(textOf([copy])).toMatch(/^one /);
  });

  it('errors when the server switches to another protocol', async () => {
    const server = await serve((exchange) => {
      exchange.raw('HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n');
      exchange.over = true;
    });
    expect(await errorOf(requestTo(server), nodeTransport())).toMatchObject({
      _tag: 'ConnectionError',
      phase: 'connect',
      code: 'ECONNRESET',
    });
  });

  it('reports a kept connection that is reset before the head as a retryable ConnectionError', async () => {
    const server = await serve((exchange) => (exchange.turn === 2 ? exchange.reset() : twoReads(exchange)));
    const transport = nodeTransport();
    await answerOf(requestTo(server), transport);
    await someTurns();
    expect(await errorOf(requestTo(server), transport)).toMatchObject({
      _tag: 'ConnectionError',
      phase: 'connect',
      code: 'ECONNRESET',
      retryable: true,
    });
    expect(server.counts).toMatchObject({ sockets: 1, requests: 2 });
    expect((await answerOf(requestTo(server), transport)).text).toBe('one two');
  });

  it('has no limit of its own for a head or a read: only those of the call end it', async () => {
    const timeouts = new BehaviorSubject(0);
    const moreThan = (count: number): Promise<number> =>
      firstValueFrom(timeouts.pipe(filter((each) => each > count)));
    const server = await serve(async (exchange) => {
      const before = await moreThan(0);
      exchange.head();
      await exchange.write('one ');
      await moreThan(before);
      await exchange.write('two');
      exchange.end();
    });
    // A limit of Node's that has been reached, in place of one of 300 s.
    const agent = new AgentTo(server.port, (socket) =>
      socket.setTimeout(1).on('timeout', () => timeouts.next(timeouts.value + 1)),
    );
    expect((await answerOf(get, nodeTransport({ agent }))).text).toBe('one two');
  });

  describe('has one agent', () => {
    it('for each transport by default', async () => {
      const server = await serve(twoReads);
      for (const transport of [nodeTransport(), nodeTransport()]) {
        for (let calls = 0; calls < 2; calls++) {
          await answerOf(requestTo(server), transport);
          await someTurns();
        }
      }
      expect(server.counts).toMatchObject({ sockets: 2, requests: 4 });
    });

    it('that uses the proxy of the environment if that of Node does', () => {
      const options = (globalAgent as unknown as { readonly options: { proxyEnv?: object } }).options;
      const proxyEnv = { HTTP_PROXY: 'http://proxy.example.com' };
      const agentOf = keepAliveAgents();
      // As `http.setGlobalProxyFromEnv()` does, after the transport was created.
      options.proxyEnv = proxyEnv;
      try {
        for (const url of ['http://llm.example.com', 'https://llm.example.com']) {
          expect(agentOf(new URL(url))).toMatchObject({ options: { proxyEnv } });
        }
      } finally {
        delete options.proxyEnv;
      }
      expect(keepAliveAgents()(new URL('http://llm.example.com'))).toMatchObject({
        options: { proxyEnv: undefined },
      });
    });

    it('that is passed, which decides where it connects', async () => {
      const server = await serve(twoReads);
      const agent = new AgentTo(server.port);
      expect((await answerOf(get, nodeTransport({ agent }))).text).toBe('one two');
      expect(server.received[0]?.headers).toMatchObject({ host: 'model.invalid' });
      expect(agent.made).toHaveLength(1);
    });

    it('or one for each URL, redirects too', async () => {
      const server = await serve((exchange) => {
        if (exchange.turn === 1) exchange.whole(307, { location: '/v2' }, '');
        else exchange.whole(200, {}, 'here');
      });
      const urls: string[] = [];
      const agent = new AgentTo(server.port);
      const transport = nodeTransport({
        agent: (url) => {
          urls.push(url.href);
          return agent;
        },
      });
      expect((await answerOf(get, transport)).text).toBe('here');
      expect(urls).toEqual([get.url, 'http://model.invalid/v2']);
    });

    it('that gets a connection back after an answer that was complete before its body', async () => {
      const server = await serve(completeAtZ);
      const agent = new AgentTo(server.port);
      const freed = new Promise((resolve) => agent.once('free', resolve));
      await lastValueFrom(nodeTransport({ agent })(get).pipe(untilZ));
      await freed;
      expect(server.counts).toMatchObject({ open: 1, aborts: 0 });
    });
  });

  describe('destroys the connection in the same tick', () => {
    it('before it is made', async () => {
      const server = await serve(twoReads);
      const agent = new AgentTo(server.port);
      const subscription = nodeTransport({ agent })(get).subscribe();
      subscription.unsubscribe();
      await someTurns();
      expect(agent.made.every(({ destroyed }) => destroyed)).toBe(true);
      expect(server.counts.requests).toBe(0);
    });

    it('before the head', async () => {
      const server = await serve(() => undefined);
      const agent = new AgentTo(server.port);
      const subscription = nodeTransport({ agent })(get).subscribe();
      await server.when(({ busy }) => busy === 1);
      subscription.unsubscribe();
      expect(agent.made.map(({ destroyed }) => destroyed)).toEqual([true]);
      await server.when(({ aborts, busy }) => aborts === 1 && busy === 0);
    });

    it.each([
      ['at the head', 1],
      ['in the middle of a read', 2],
    ])('%s', async (_, count) => {
      const server = await serve(async (exchange) => {
        exchange.head();
        await exchange.flood('x'.repeat(1_000));
      });
      const agent = new AgentTo(server.port);
      const destroyed = await new Promise((resolve) => {
        let parts = 0;
        const subscription = nodeTransport({ agent })(get).subscribe(() => {
          parts += 1;
          if (parts !== count) return;
          subscription.unsubscribe();
          resolve(agent.made[0]?.destroyed);
        });
      });
      expect(destroyed).toBe(true);
      await server.when(({ aborts, busy }) => aborts === 1 && busy === 0);
    });
  });

  describe('errors with a RequestError that is not retryable', () => {
    it.each<[string, Partial<TransportRequest>, Agent | undefined]>([
      ['a URL that is not absolute', { url: `/v1/models?key=${KEY}` }, undefined],
      ['another protocol', { url: 'ftp://model.invalid/' }, undefined],
      ['a header that HTTP does not allow', { headers: { 'api-key': `${KEY}\n` } }, undefined],
      ['an agent of another protocol', { url: 'https://model.invalid/' }, new Agent()],
    ])('for %s', async (_, wrong, agent) => {
      const error = await errorOf({ ...get, ...wrong }, nodeTransport({ agent }));
      expect(error).toMatchObject({ _tag: 'RequestError', retryable: false });
      expect((error as Error).message).toMatch(/^the request cannot be sent; check/);
      expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain(KEY);
    });
  });
});

describe('nodeTransport over TLS', () => {
  const server = createServer(
    { ...selfSigned, requestCert: true, rejectUnauthorized: false },
    (request, response) => {
      const { subject } = (
        request.socket as unknown as { getPeerCertificate(): { subject?: { CN: string } } }
      ).getPeerCertificate();
      response.end(`hello ${subject?.CN ?? 'stranger'}`);
    },
  );
  const agents: HttpsAgent[] = [];
  const transportWith = (options: AgentOptions) => {
    const agent = new HttpsAgent(options);
    agents.push(agent);
    return nodeTransport({ agent });
  };
  let local: TransportRequest;

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    local = { ...get, url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/v1` };
  });
  afterAll(async () => {
    agents.forEach((agent) => agent.destroy());
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('refuses a certificate that is not trusted', async () => {
    expect(await errorOf(local, nodeTransport())).toMatchObject({
      _tag: 'ConnectionError',
      phase: 'connect',
      code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
      retryable: false,
    });
  });

  it('trusts the authority of its agent', async () => {
    expect((await answerOf(local, transportWith({ ca: selfSigned.cert }))).text).toBe('hello stranger');
  });

  it('shows the certificate of its agent', async () => {
    const transport = transportWith({ ca: selfSigned.cert, ...selfSigned });
    expect((await answerOf(local, transport)).text).toBe('hello localhost');
  });
});
