import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The place of the answers. */
export interface Store {
  /** The address of Redis; `undefined` for the memory of a single process. */
  readonly redisUrl: string | undefined;
  /** The words of the banner. */
  readonly banner: string;
  readonly close: () => void;
}

/** Chooses `REDIS_URL`, else a `redis-server` on the path, else the memory of one process. */
export async function openStore({ REDIS_URL }: NodeJS.ProcessEnv): Promise<Store> {
  if (REDIS_URL !== undefined && REDIS_URL !== '') {
    return {
      redisUrl: REDIS_URL,
      banner: 'two processes and the Redis of REDIS_URL',
      close: () => undefined,
    };
  }
  return (await startRedis()) ?? MEMORY;
}

const MEMORY: Store = {
  redisUrl: undefined,
  banner: 'one process and its memory (no REDIS_URL is set, and no redis-server is on the path)',
  close: () => undefined,
};

/** Starts a Redis on a free port, without files that outlive it; `undefined` if there is none. */
async function startRedis(): Promise<Store | undefined> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'example-relay-'));
  const args = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--dir',
    folder,
    '--save',
    '',
    '--appendonly',
    'no',
  ];
  const server = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const isReady = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.once('exit', () => resolve(false));
    server.stdout.on('data', (text: Buffer) => {
      if (text.includes('Ready to accept connections')) resolve(true);
    });
  });
  const close = (): void => {
    server.kill();
    rmSync(folder, { recursive: true, force: true });
  };
  if (isReady) {
    return {
      redisUrl: `redis://127.0.0.1:${port}`,
      banner: `two processes and a redis-server on port ${port}`,
      close,
    };
  }
  close();
  return undefined;
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
