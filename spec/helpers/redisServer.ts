import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createClient, type RedisClientType } from 'redis';

/** Whether there is a `redis-server` on the path. */
export const hasRedis = spawnSync('redis-server', ['--version']).status === 0;

/** `describe`, or a skipped one that says what is missing. */
export const describeRedis: (name: string, specs: () => void) => void = (name, specs) =>
  hasRedis ? describe(name, specs) : describe.skip(`${name} (skipped: no redis-server on the path)`, specs);

/** A Redis of a spec, on a socket of its own: a port that is free may be taken before Redis has it. */
export interface RedisServer {
  /** Connects a client, which is closed with the server. */
  readonly connect: (protocol?: 2 | 3) => Promise<RedisClientType>;
  /** Starts it again, after {@link kill}, without data. */
  readonly start: () => Promise<void>;
  readonly kill: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export async function startRedis(...options: readonly string[]): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'redis-'));
  const socket = join(folder, 'socket');
  const clients: RedisClientType[] = [];
  let server: ChildProcess | undefined;

  const connect = async (RESP?: 2 | 3): Promise<RedisClientType> => {
    const client = createClient({
      RESP,
      socket: { path: socket, reconnectStrategy: 50 },
    }) as RedisClientType;
    client.on('error', () => undefined);
    clients.push(client);
    await client.connect();
    return client;
  };
  const start = async (): Promise<void> => {
    const args = ['--port', '0', '--unixsocket', socket, '--dir', folder, '--save', '', '--appendonly', 'no'];
    server = spawn('redis-server', [...args, ...options], { stdio: 'ignore' });
    const probe = await connect();
    // One that still reads its data answers with an error.
    while (!(await probe.ping().catch(() => null))) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  const kill = async (): Promise<void> => {
    const running = server;
    server = undefined;
    if (running === undefined) return;
    const exited = new Promise((resolve) => running.once('exit', resolve));
    running.kill('SIGKILL');
    await exited;
  };
  await start();
  return {
    connect,
    start,
    kill,
    close: async () => {
      for (const client of clients) client.destroy();
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
