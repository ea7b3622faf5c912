import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

import { firstValueFrom, forkJoin, last, map, take } from 'rxjs';
import { type ServerFrame, bytesOf, doneFrame, finishChunk } from 'rxjs-chat-completions/testing';

import { chatCompletion$ } from '../../lib/call/chatCompletion';
import { accumulateContent } from '../../lib/operators/accumulate/accumulateContent';
import { bundled } from '../helpers/bundled';
import { followRequests, type ClientRequests } from '../helpers/clientRequests';
import { startFaultServer, type FaultServer, type Script } from '../helpers/faultServer';
import type { Consumed } from '../helpers/consumer';
import { fault, follow, question, tellChunk } from '../helpers/faults';

// A million events take their time where others want the processor too.
jest.setTimeout(120_000);

const stop = [finishChunk('stop'), doneFrame()] as const;
const ends =
  (...said: readonly ServerFrame[]): Script =>
  async (exchange) => {
    exchange.head();
    await exchange.say(...said);
    exchange.end();
  };

async function withServer<T>(
  script: Script,
  run: (server: FaultServer, client: ClientRequests) => Promise<T>,
): Promise<T> {
  const server = await startFaultServer(script);
  const client = followRequests(server.baseURL);
  try {
    return await run(server, client);
  } finally {
    client.close();
    await server.close();
  }
}

describe('Connections', () => {
  fault({ name: 'ten answers one after the other', outcome: 'at most 2 connections' }, () =>
    withServer(ends('Hello', ...stop), async (server, client) => {
      for (let i = 0; i < 10; i += 1) {
        await follow(chatCompletion$({ baseURL: server.baseURL }, question), tellChunk).ended;
        await client.ended();
      }
      expect(client.count).toBe(10);
      expect(server.counts.sockets).toBeLessThanOrEqual(2 + client.overdue);
    }),
  );
  fault(
    {
      name: 'the end of the body arrives a moment after [DONE], ten times',
      outcome: 'at most 2 connections',
    },
    () => {
      let proceed = (): void => undefined;
      const script: Script = async (exchange) => {
        const told = new Promise<void>((resolve) => (proceed = resolve));
        exchange.head();
        await exchange.say('Hello', ...stop);
        await told;
        exchange.end();
      };
      return withServer(script, async (server, client) => {
        for (let i = 0; i < 10; i += 1) {
          await follow(chatCompletion$({ baseURL: server.baseURL }, question), tellChunk).ended;
          proceed();
          await client.ended();
        }
        expect(server.counts.aborts).toBeLessThanOrEqual(client.overdue);
        expect(server.counts.sockets).toBeLessThanOrEqual(2 + client.overdue);
      });
    },
  );
  fault(
    {
      name: '1,000 answers, each requested when the previous one is complete',
      outcome: 'at most 4 connections',
    },
    () =>
      withServer(ends('Hello', ...stop), async (server, client) => {
        for (let i = 0; i < 1_000; i += 1) {
          const { ended } = follow(chatCompletion$({ baseURL: server.baseURL }, question), tellChunk);
          expect(await ended).toBe('"Hello", complete');
        }
        expect(server.counts.sockets).toBeLessThanOrEqual(4 + client.overdue);
      }),
  );
  fault({ name: '300 failed answers', outcome: 'at most 4 connections' }, () =>
    withServer(
      (exchange) => exchange.whole(503, {}, '{"error":"busy"}'),
      async (server) => {
        for (let i = 0; i < 300; i += 1) {
          const client = follow(chatCompletion$({ baseURL: server.baseURL }, question), tellChunk);
          expect(await client.ended).toBe('HttpError: 503 busy');
        }
        expect(server.counts.sockets).toBeLessThanOrEqual(4);
      },
    ),
  );
  fault(
    {
      name: '300 answers unsubscribed in the middle',
      outcome: '300 aborted, at most 4 connections at a time',
    },
    () => {
      const script: Script = async (exchange) => {
        exchange.head();
        await exchange.say('Hel');
        await exchange.closed;
      };
      return withServer(script, async (server) => {
        for (let i = 0; i < 300; i += 1) {
          await firstValueFrom(chatCompletion$({ baseURL: server.baseURL }, question).pipe(take(1)));
          // How soon a server sees that it was unsubscribed is not for the client to say.
          await server.when(({ open }) => open <= 4);
        }
        await server.when(({ aborts, busy }) => aborts === 300 && busy === 0);
      });
    },
  );
  fault(
    {
      name: '100 answers at once whose connection is left open after [DONE]',
      outcome: 'complete at once, all released',
    },
    () => {
      const script: Script = async (exchange) => {
        exchange.head();
        await exchange.say('Hello', ...stop);
        await exchange.closed;
      };
      return withServer(script, async (server) => {
        const calls = Array.from({ length: 100 }, () =>
          chatCompletion$({ baseURL: server.baseURL }, question).pipe(accumulateContent(), last()),
        );
        expect(await firstValueFrom(forkJoin(calls))).toEqual(Array(100).fill('Hello'));
        await server.when(({ aborts, busy }) => aborts === 100 && busy === 0);
      });
    },
  );
  fault({ name: '200 answers at once', outcome: 'each has its own text' }, () => {
    const script: Script = async (exchange) => {
      const { model } = JSON.parse(exchange.request.body) as { readonly model: string };
      exchange.head();
      for (const piece of [model, ' and ', model]) await exchange.say(piece);
      await exchange.say(...stop);
      exchange.end();
    };
    return withServer(script, async (server) => {
      const calls = Array.from({ length: 200 }, (_, i) =>
        chatCompletion$({ baseURL: server.baseURL }, { ...question, model: String(i) }).pipe(
          accumulateContent(),
          last(),
          map((content) => content === `${i} and ${i}`),
        ),
      );
      expect(await firstValueFrom(forkJoin(calls))).toEqual(Array(200).fill(true));
    });
  });
});

const MEBI = 1024 * 1024;

const program = bundled('spec/helpers/consumer.ts');

/** Streams an answer in a process of its own. */
async function consume(server: FaultServer, heapMiB: number): Promise<Consumed> {
  const flags = ['--expose-gc', `--max-old-space-size=${heapMiB}`];
  const child = spawn(process.execPath, [...flags, program(), server.baseURL], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [told, complaints, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((done) => child.once('close', done)),
  ]);
  expect(complaints).toBe('');
  expect(code).toBe(0);
  return JSON.parse(told) as Consumed;
}

describe('Memory', () => {
  fault(
    { name: '1,000,000 events at full speed, none kept', outcome: 'complete, the heap stays flat' },
    () => {
      const BLOCK = 1_000;
      const block = Buffer.concat(Array<Uint8Array>(BLOCK).fill(bytesOf('one of a million ')));
      const script: Script = async (exchange) => {
        exchange.head();
        await exchange.flood(block, 1_000_000 / BLOCK);
        await exchange.say(...stop);
        exchange.end();
      };
      return withServer(script, async (server) => {
        const { chunks, end, held } = await consume(server, 64);
        expect({ chunks, end }).toEqual({ chunks: 1_000_001, end: 'complete' });
        // The first was measured after 100,000 events.
        expect(Math.max(...held) - held[0]!).toBeLessThan(4 * MEBI);
      });
    },
  );
  fault({ name: 'a line of 64 MB', outcome: 'LimitError, memory bounded' }, () => {
    const script: Script = async (exchange) => {
      exchange.head();
      await exchange.write('data: {"choices":[{"index":0,"delta":{"content":"');
      await exchange.flood('x'.repeat(MEBI), 64);
      await exchange.say({ wire: '"}}]}\n\n' }, ...stop);
      exchange.end();
    };
    return withServer(script, async (server) => {
      const { chunks, end, peak } = await consume(server, 64);
      expect({ chunks, end }).toEqual({ chunks: 0, end: 'LimitError' });
      expect(peak).toBeLessThan(256 * MEBI);
      await server.when(({ aborts }) => aborts === 1);
    });
  });
});
