import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

import {
  Client as ClientOfV2,
  StreamableHTTPClientTransport as HttpOfV2,
} from '@modelcontextprotocol/client';
import { StdioClientTransport as StdioOfV2 } from '@modelcontextprotocol/client/stdio';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import {
  CallToolRequestSchema,
  ListToolsRequestSchema,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { isRight } from 'fp-ts/Either';
import {
  firstValueFrom,
  lastValueFrom,
  map,
  mergeMap,
  of,
  type Observable,
  ReplaySubject,
  share,
  Subject,
  switchMap,
  take,
  takeWhile,
  toArray,
} from 'rxjs';

import type { ToolEvent } from '../../lib/tools/events';
import { mcpTools$, type McpSource } from '../../lib/tools/mcpTools';
import { runTools$ } from '../../lib/tools/runTools';
import { closedPort } from '../helpers/faultServer';
import { calling, saying, sends } from '../helpers/toolEvents';

const script = join(
  require.resolve('@modelcontextprotocol/server-everything/package.json'),
  '../dist/index.js',
);
const info = { name: 'spec', version: '1' };

/** What a version of the SDK has in common with the other: a list and a call. */
const ofV1 = (client: Client): McpSource => ({
  list: (cursor, signal) => client.listTools({ cursor }, { signal }),
  call: (name, input, options) => client.callTool({ name, arguments: input }, undefined, options),
});
const ofV2 = (client: ClientOfV2): McpSource => ({
  list: (cursor, signal) => client.listTools({ cursor }, { signal }),
  call: (name, input, options) => client.callTool({ name, arguments: input }, options),
});

interface Opened {
  readonly source: McpSource;
  readonly close: () => Promise<void>;
}

const command = { command: process.execPath, args: [script, 'stdio'], stderr: 'ignore' as const };

/** A server behind HTTP, once it listens. If another process takes its port first, it exits, and another port is tried. */
async function listening(): Promise<{ readonly url: URL; readonly server: ChildProcess }> {
  const port = await closedPort();
  const server = spawn(process.execPath, [script, 'streamableHttp'], {
    env: { ...process.env, PORT: String(port) },
    stdio: 'ignore',
  });
  const url = new URL(`http://127.0.0.1:${port}/mcp`);
  const isMcp = async (): Promise<boolean> => /session/i.test(await (await fetch(url)).text());
  while (!(await isMcp().catch(() => false))) {
    if (server.exitCode === 1) return listening();
    await new Promise((done) => setTimeout(done, 50));
  }
  return { url, server };
}

const ways: Readonly<Record<string, () => Promise<Opened>>> = {
  'version 1, over stdio': async () => {
    const client = new Client(info);
    await client.connect(new StdioClientTransport(command));
    return { source: ofV1(client), close: () => client.close() };
  },
  'version 1, over HTTP': async () => {
    const { url, server } = await listening();
    const client = new Client(info);
    await client.connect(new StreamableHTTPClientTransport(url));
    return { source: ofV1(client), close: () => client.close().then(() => void server.kill()) };
  },
  'version 2, over stdio': async () => {
    const client = new ClientOfV2(info);
    await client.connect(new StdioOfV2(command));
    return { source: ofV2(client), close: () => client.close() };
  },
  'version 2, over HTTP': async () => {
    const { url, server } = await listening();
    const client = new ClientOfV2(info);
    await client.connect(new HttpOfV2(url));
    return { source: ofV2(client), close: () => client.close().then(() => void server.kill()) };
  },
};

const request = { model: 'any', messages: [] };

/** Calls a tool once, and tells the model its result. */
const call$ = (source: McpSource, send: Parameters<typeof runTools$>[0]): Observable<ToolEvent> =>
  mcpTools$(source).pipe(
    take(1),
    switchMap((tools) => runTools$(send, request, tools)),
  );

async function called(
  source: McpSource,
  name: string,
  input: unknown,
): Promise<{ events: readonly ToolEvent[]; told: readonly unknown[] }> {
  const send = sends(of(...calling({ name, arguments: input })), of(...saying('t')));
  const events = await lastValueFrom(call$(source, send).pipe(toArray()));
  return { events, told: send.requests[1]?.messages.slice(1) ?? [] };
}

/** The name of a tool that reports each of its steps. */
const SLOW = 'trigger-long-running-operation';
/** Its steps last longer than a spec reads. */
const sendsEndless = () => sends(of(...calling({ name: SLOW, arguments: { duration: 60, steps: 600 } })));

describe.each(Object.entries(ways))('a real MCP server, with the official SDK: %s', (_, open) => {
  let opened: Opened | undefined;
  const source = (): McpSource => {
    if (opened === undefined) throw new Error('not open');
    return opened.source;
  };
  beforeAll(async () => {
    opened = await open();
  });
  afterAll(() => opened?.close());

  it('lists its tools, each fit to be called', async () => {
    const tools = await firstValueFrom(mcpTools$(source(), { prefix: 'any_' }));
    expect(tools.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['any_echo', 'any_get-sum', 'any_get-tiny-image']),
    );
    for (const { parameters } of tools) expect(parameters).toMatchObject({ type: 'object' });
  });

  it('runs a tool', async () => {
    expect((await called(source(), 'echo', { message: 'Hi' })).told).toMatchObject([
      { role: 'tool', content: 'Echo: Hi' },
    ]);
  });

  it('returns structured content', async () => {
    const [reply] = (await called(source(), 'get-structured-content', { location: 'Chicago' })).told;
    expect(JSON.parse((reply as { content: string }).content)).toMatchObject({
      temperature: expect.any(Number) as number,
    });
  });

  it('shows a picture', async () => {
    const { told } = await called(source(), 'get-tiny-image', {});
    expect(told).toMatchObject([
      { role: 'tool', content: expect.stringContaining('image') as string },
      {
        role: 'user',
        content: [
          { type: 'text' },
          {
            type: 'image_url',
            image_url: { url: expect.stringMatching(/^data:image\/png;base64,/) as string },
          },
        ],
      },
    ]);
  });

  it('emits progress', async () => {
    const outputs = await lastValueFrom(
      call$(source(), sendsEndless()).pipe(
        mergeMap((event) => (event.type === 'tool-progress' ? [event.output] : [])),
        take(3),
        toArray(),
      ),
    );
    expect(outputs).toMatchObject([1, 2, 3].map((progress) => ({ progress, total: 600 })));
  });

  it('returns a result after progress', async () => {
    const { events } = await called(source(), SLOW, { duration: 0.2, steps: 4 });
    expect(events.find(({ type }) => type === 'tool-result')).toMatchObject({ result: { _tag: 'Right' } });
  });

  it('fails for arguments that it refuses', async () => {
    const { events } = await called(source(), 'get-sum', { a: 'one' });
    const result = events.find((event) => event.type === 'tool-result');
    expect(result?.type === 'tool-result' && !isRight(result.result) && result.result.left._tag).toBe(
      'ToolFailed',
    );
  });

  it('receives the cancellation of a call', async () => {
    const signals: AbortSignal[] = [];
    const spied: McpSource = {
      ...source(),
      call: (name, input, options) => (signals.push(options.signal), source().call(name, input, options)),
    };
    const events = await lastValueFrom(
      call$(spied, sendsEndless()).pipe(
        // The server runs it then.
        takeWhile(({ type }) => type !== 'tool-progress'),
        toArray(),
      ),
    );
    expect(events.map(({ type }) => type)).toContain('tool-call');
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    // It is free for the next.
    expect((await called(source(), 'echo', { message: 'still here' })).told).toMatchObject([
      { content: 'Echo: still here' },
    ]);
  });
});

describe('an MCP server of pages, whose list changes', () => {
  it('is listed completely, and again', async () => {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- McpServer has no pages
    const server = new Server(info, { capabilities: { tools: { listChanged: true } } });
    const names = ['a', 'b', 'c'];
    server.setRequestHandler(ListToolsRequestSchema, ({ params }) => {
      const at = Number(params?.cursor ?? 0);
      const nextCursor = at + 2 < names.length ? String(at + 2) : undefined;
      return {
        tools: names.slice(at, at + 2).map((name) => ({ name, inputSchema: { type: 'object' as const } })),
        nextCursor,
      };
    });
    server.setRequestHandler(CallToolRequestSchema, () => ({ content: [], isError: true }));
    const [one, other] = InMemoryTransport.createLinkedPair();
    const client = new Client(info);
    await Promise.all([server.connect(one), client.connect(other)]);
    const changed$ = new Subject<void>();
    client.setNotificationHandler(ToolListChangedNotificationSchema, () => changed$.next());
    const list$ = mcpTools$({ ...ofV1(client), changed$ }).pipe(
      map((tools) => tools.map(({ name }) => name)),
      take(2),
      share({ connector: () => new ReplaySubject(2) }),
    );
    const lists = lastValueFrom(list$.pipe(toArray()));
    await firstValueFrom(list$);
    names.push('d', 'e');
    await server.sendToolListChanged();
    expect(await lists).toEqual([
      ['a', 'b', 'c'],
      ['a', 'b', 'c', 'd', 'e'],
    ]);
    await client.close();
  });

  it('offers the tools that a call has added, in the next request', async () => {
    const server = new McpServer(info);
    server.registerTool('more', {}, () => {
      server.registerTool('added', {}, () => ({ content: [] }));
      return { content: [] };
    });
    const [one, other] = InMemoryTransport.createLinkedPair();
    const sent = jest.spyOn(other, 'send');
    const client = new Client(info);
    await Promise.all([server.connect(one), client.connect(other)]);
    const send = sends(of(...calling({ name: 'more', arguments: {} })), of(...saying('t')));
    await lastValueFrom(runTools$(send, request, () => mcpTools$(ofV1(client))));
    const offered = send.requests.map(({ tools = [] }) => tools.length);
    expect(offered).toEqual([1, 2]);
    expect(sent.mock.calls.map(([message]) => 'method' in message && message.method)).not.toContain(
      'notifications/cancelled',
    );
    await client.close();
  });
});
