import { setTimeout as sleep } from 'node:timers/promises';

import { take } from 'rxjs';

import { chatCompletion$ } from '../../lib/call/chatCompletion';
import { completion$ } from '../../lib/call/completion';
import type { HttpError } from '../../lib/errors';
import type { ChatRequest } from '../../lib/request/ChatRequest';
import { fault, follow, settled, tellChunk, type Follower } from '../helpers/faults';
import { describeLive, startLlamaServer, type LlamaServer } from '../helpers/llamaServer';

// The first start on a machine takes a while.
jest.setTimeout(120_000);

/** An answer that does not end by itself. */
const endless: ChatRequest = {
  model: 'tiny-random-llama',
  messages: [{ role: 'user', content: 'Tell me a long story' }],
  max_tokens: 8_000,
  extra: { ignore_eos: true },
};

const servers = new Map<string, Promise<LlamaServer>>();
afterAll(async () => {
  for (const server of servers.values()) await (await server).close();
});

/** Runs with a server of these options. */
const against = (
  name: string,
  outcome: string,
  options: readonly string[],
  run: (server: LlamaServer) => Promise<string>,
): void => {
  fault({ name, outcome }, async () => {
    const key = options.join(' ');
    const starting = servers.get(key) ?? startLlamaServer(...options);
    servers.set(key, starting);
    return run(await starting);
  });
};

const ask = ({ baseURL }: LlamaServer, request: ChatRequest = endless): Follower =>
  follow(chatCompletion$({ baseURL }, request), tellChunk);
const someText = async (client: Follower): Promise<void> => {
  while (client.text.length < 200 && client.error === undefined) await settled();
};
/** The text does not matter, as long as there is some and it is kept. */
const withoutText = (outcome: string): string => outcome.replace(/^"(?:[^"\\]|\\.)+"/, 'the text');

describeLive('A real llama-server', () => {
  against(
    'two long answers share a context too small for both (-np 2 -c 1024 --kv-unified)',
    'the text, ServerError: Context size has been exceeded.',
    ['-np', '2', '-c', '1024', '--kv-unified'],
    async (server) => {
      const clients = [ask(server), ask(server)];
      const outcomes = await Promise.all(clients.map(({ ended }) => ended));
      const failed = clients.filter(({ error }) => error !== undefined);
      expect(failed.length).toBeGreaterThan(0);
      expect(failed[0]?.error).toMatchObject({ code: 500, type: 'server_error' });
      // The other may have had the room to itself, and end at it.
      return (
        outcomes.map(withoutText).find((outcome) => outcome.includes('ServerError')) ?? outcomes.join('; ')
      );
    },
  );

  const tooLong: ChatRequest = { ...endless, messages: [{ role: 'user', content: 'words '.repeat(2_000) }] };
  for (const [how, call] of [
    ['streamed', (server: LlamaServer) => ask(server, tooLong)],
    [
      'not streamed',
      ({ baseURL }: LlamaServer) => follow(completion$({ baseURL }, tooLong), () => 'an answer'),
    ],
  ] as const) {
    against(
      `a prompt longer than the context (-c 256), ${how}`,
      'HttpError 400 exceed_context_size_error',
      ['-c', '256'],
      async (server) => {
        const client = call(server);
        await client.ended;
        const { _tag, status, type, serverMessage: words, retryable } = client.error as HttpError;
        expect(words).toMatch(/context size/);
        expect(retryable).toBe(false);
        return `${_tag} ${status} ${type}`;
      },
    );
  }

  // The chunked body is left without its last chunk, and HTTP says that this is no end: a broken connection, not a
  // body that ended too early.
  against(
    'the server is killed in the middle of an answer',
    'the text, ConnectionError (body)',
    ['--alias', 'killed'],
    async (server) => {
      const client = ask(server);
      await someText(client);
      server.kill();
      const outcome = await client.ended;
      expect(client.error).toMatchObject({ code: 'UND_ERR_SOCKET', retryable: true });
      return withoutText(outcome);
    },
  );

  against(
    'unsubscribed in the middle of an answer',
    'the server stops writing within 200 ms',
    [],
    async (server) => {
      const times: number[] = [];
      // A busy machine may be slow, which is not tested here.
      for (let attempt = 1; attempt <= 5 && (times.at(-1) ?? Infinity) >= 200; attempt += 1) {
        const client = ask(server);
        await someText(client);
        expect(await server.busy()).toBe(1);
        const start = performance.now();
        client.unsubscribe();
        while ((await server.busy()) > 0) await sleep(2);
        times.push(Math.round(performance.now() - start));
      }
      process.stdout.write(`llama-server: idle ${times.join(', then ')} ms after the client unsubscribed\n`);
      return (times.at(-1) ?? Infinity) < 200
        ? 'the server stops writing within 200 ms'
        : `it took ${times.join(', ')} ms`;
    },
  );
  against('take(1) of a long answer', 'the server stops writing', [], async (server) => {
    const client = follow(chatCompletion$({ baseURL: server.baseURL }, endless).pipe(take(1)), () => '');
    expect(await client.ended).toBe('complete');
    while ((await server.busy()) > 0) await sleep(2);
    return 'the server stops writing';
  });
});
