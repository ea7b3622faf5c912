// The log of a relay in Redis or Valkey, with the clients that docs/resume.md names.
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { transform } from 'esbuild';
import { firstValueFrom, from, lastValueFrom, toArray } from 'rxjs';

import { NotAvailable, tools } from '../consumers/tools.mjs';

const library = new URL('../../dist/relay/redis/index.js', import.meta.url).href;
const { redisLog } = await import(library);

/** Starts a server, without files that outlive it. */
async function startServer(command, port, folder, running) {
  const args = ['--port', port, '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no'];
  const server = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  await new Promise((resolve, reject) => {
    server.once('error', () => reject(new NotAvailable(`there is no ${command} here`)));
    server.once('exit', (code) => reject(new Error(`${command} has ended with ${code}`)));
    server.stdout.on('data', (text) => String(text).includes('Ready to accept connections') && resolve());
  });
  running.add(server);
}

const load = async (packages, name) => {
  const modules = await tools(packages);
  return import(pathToFileURL(createRequire(join(modules, '_.cjs')).resolve(name)).href);
};

/** Returns the function of docs/resume.md that makes a log of two clients of ioredis. */
async function logOfGuide(folder) {
  const guide = readFileSync(fileURLToPath(new URL('../../docs/resume.md', import.meta.url)), 'utf8');
  const block = guide.split('```ts\n').find((text) => text.includes('export const logOf')) ?? '';
  const { code } = await transform(block.split('```')[0] ?? '', { loader: 'ts' });
  const file = join(folder, 'guide.mjs');
  writeFileSync(file, code.replace('rxjs-chat-completions/relay/redis', library));
  return (await import(pathToFileURL(file).href)).logOf;
}

/** Clients. Each connects as docs/resume.md shows it, and returns a log and a function that closes it. */
const clients = {
  redis: async ({ port }) => {
    const { createClient } = await load({ redis: '6.3.1' }, 'redis');
    const client = createClient({ url: `redis://127.0.0.1:${port}` });
    const reader = client.duplicate();
    await Promise.all([client.connect(), reader.connect()]);
    return { log: redisLog(client, reader), close: () => [client, reader].forEach((it) => it.destroy()) };
  },
  ioredis: (at) => connectIoRedis({ ioredis: '6.0.0' }, 'ioredis', at),
  iovalkey: (at) => connectIoRedis({ iovalkey: '0.4.0' }, 'iovalkey', at),
};

async function connectIoRedis(packages, name, { port, folder }) {
  const { default: module } = await load(packages, name);
  const Client = module.default ?? module;
  const [client, reader] = [new Client(Number(port)), new Client(Number(port))];
  return {
    log: (await logOfGuide(folder))(client, reader),
    close: () => [client, reader].forEach((it) => it.disconnect()),
  };
}

/** Writes and reads an answer by two processes, as far as their connections are concerned. */
async function checkLog(writer, reader) {
  const EVENTS = 1_200;
  const text = (n) => `data: Grüße ${n} 🌊\n\n`;
  const role = (log) => firstValueFrom(from(log.claim('m', 0)));
  if ((await role(writer)) !== 'writer' || (await role(reader)) !== 'reader')
    throw new Error('the claims are wrong');
  const followed = lastValueFrom(reader.read$('m', 0).pipe(toArray()));
  const append = (after, events, end) => lastValueFrom(from(writer.append('m', after, events, end)));
  for (let n = 0; n < EVENTS; n += 40)
    await append(
      n,
      Array.from({ length: 40 }, (_, i) => text(n + i)),
    );
  const stopped = firstValueFrom(writer.lease$('m', Infinity));
  await lastValueFrom(from(reader.stop('m')));
  if ((await stopped) !== 'stopped') throw new Error('the stop did not arrive');
  await append(EVENTS, [], 'ended');
  const replayed = await lastValueFrom(reader.read$('m', 1_000).pipe(toArray()));
  const all = await followed;
  const isWrong = all.some((event, i) => event.number !== i + 1 || event.text !== text(i));
  if (isWrong || all.length !== EVENTS || replayed.length !== 200) throw new Error('the events are wrong');
  const unknown = await firstValueFrom(reader.read$('other', 0)).catch((error) => error);
  if (unknown.reason !== 'UnknownStream') throw new Error(`received ${unknown}`);
  return `${EVENTS} events followed and replayed, and a stop`;
}

export const logs = ['redis-server', 'valkey-server'].flatMap((server) =>
  Object.entries(clients).map(([name, connect]) => ({
    name: `${name} on ${server}`,
    run: async (port, folder, running) => {
      await startServer(server, port, folder, running);
      const processes = [await connect({ port, folder }), await connect({ port, folder })];
      try {
        return await checkLog(processes[0].log, processes[1].log);
      } finally {
        for (const { close } of processes) close();
      }
    },
  })),
);
