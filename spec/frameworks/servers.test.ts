import 'reflect-metadata';

import assert from 'node:assert/strict';
import { Server, type AddressInfo } from 'node:net';
import { after, it } from 'node:test';

import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { filter, firstValueFrom, from, lastValueFrom, map, switchMap } from 'rxjs';
import { accumulateContent, chatCompletion$ } from 'rxjs-chat-completions';
import type { ConversationState } from 'rxjs-chat-completions/conversation';
import { toServerSentEvents } from 'rxjs-chat-completions/sse';

import { ConversationController } from './recipes/a-conversation-on-a-server-2';
import { ChatController } from './recipes/nestjs';
import { saved } from './session';
import { until } from './until';

/** The servers of the recipes, on ports of their own: the recipes listen on 3000. */
const servers: Server[] = [];
const { listen } = Server.prototype;
Server.prototype.listen = function (this: Server, ...args: readonly unknown[]) {
  servers.push(this);
  const [port, ...rest] = args;
  const free = typeof port === 'number' ? 0 : { ...(port as object), port: 0 };
  return Reflect.apply(listen, this, [free, ...rest]) as Server;
} as typeof listen;
after(() => {
  for (const server of servers) server.close();
});

/** Loads a recipe, and returns the base URL of the server that it starts. */
async function start(recipe: () => Promise<unknown>): Promise<string> {
  const before = servers.length;
  await recipe();
  await until(() => servers[before]?.listening === true);
  const { address, family, port } = servers[before]?.address() as AddressInfo;
  const host = family === 'IPv6' ? `[${address === '::' ? '::1' : address}]` : address;
  return `http://${host}:${port}`;
}

/** Requests an answer through a relay, as a browser does. */
const ask = (config: Parameters<typeof chatCompletion$>[0]): Promise<string> =>
  lastValueFrom(
    chatCompletion$(config, { model: 'llama3.2', messages: [{ role: 'user', content: 'Hi' }] }).pipe(
      accumulateContent(),
    ),
  );

const listening: Readonly<Record<string, () => Promise<unknown>>> = {
  'Hono on Node': () => import('./recipes/hono-2'),
  'node:http': () => import('./recipes/node-http'),
  Express: () => import('./recipes/express'),
  Fastify: () => import('./recipes/fastify'),
};
for (const [name, recipe] of Object.entries(listening)) {
  it(`${name} streams an answer`, async () => {
    assert.equal(await ask({ baseURL: `${await start(recipe)}/api` }), 'Hello');
  });
}

const functions: Readonly<Record<string, () => Promise<(request: Request) => Response | Promise<Response>>>> =
  {
    Hono: async () => (await import('./recipes/hono')).default.fetch,
    Bun: async () => (await import('./recipes/bun')).default.fetch,
    'Deno and Workers': async () => (await import('./recipes/deno-and-workers')).default.fetch,
    Next: async () => (await import('./recipes/next')).POST,
  };
for (const [name, recipe] of Object.entries(functions)) {
  it(`${name}: the handler streams an answer`, async () => {
    const handle = await recipe();
    const fetch: typeof globalThis.fetch = async (...request) => handle(new Request(...request));
    assert.equal(await ask({ baseURL: 'http://localhost/api', fetch }), 'Hello');
  });
}

it('NestJS streams an answer, and a conversation', async () => {
  class AppModule {}
  Module({ controllers: [ChatController, ConversationController] })(AppModule);
  const app = await NestFactory.create(AppModule, { logger: false });
  const url = await start(() => app.listen(3000));

  assert.equal(await ask({ baseURL: `${url}/api` }), 'Hello');

  const run = (body: object): Promise<Response> =>
    fetch(`${url}/conversation`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  assert.equal((await run({ type: 'reset', to: {} })).status, 400);
  const done = firstValueFrom(
    from(fetch(`${url}/conversation`)).pipe(
      switchMap(({ body }) => body as unknown as AsyncIterable<Uint8Array>),
      toServerSentEvents(),
      map(({ data }) => JSON.parse(data) as ConversationState),
      filter(({ turns }) => {
        const last = turns['2'];
        return last?.kind === 'assistant' && last.run.status === 'done' && last.run.content === 'Hello';
      }),
    ),
  );
  assert.equal((await run({ type: 'send', content: 'Hi' })).status, 204);
  await done;
  await app.close();
  assert.match(saved.at(-1) ?? '', /Hello/, 'closing the app saves the conversation');
});
