import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

import { closedPort } from './faultServer';
import { llamaServerFolder } from './shared';

/** A running llama-server, with a tiny model of random weights. */
export interface LlamaServer {
  /** `http://127.0.0.1:…/v1` */
  readonly baseURL: string;
  readonly model: string;
  /** Returns the number of answers it is generating. */
  readonly busy: () => Promise<number>;
  /** Kills it, as the system does when memory runs out. */
  readonly kill: () => boolean;
  readonly close: () => Promise<void>;
}

/** `describe` if the server is beside the checkout, else a skipped suite. */
export const describeLive = llamaServerFolder === undefined ? describe.skip : describe;

/** The first start on a machine fetches the server. */
const PATIENCE_MS = 100_000;

/**
 * Starts the real server beside the checkout, on a port of its own. Use it in {@link describeLive}.
 *
 * @param options - Options of llama-server.
 * @returns Rejects with the output of the script if the server does not start.
 */
export async function startLlamaServer(...options: readonly string[]): Promise<LlamaServer> {
  const port = String(await closedPort());
  const { code, out, complaints } = await run('start.sh', port, ...options);
  const pid = Number(/\bpid (\d+)/.exec(complaints)?.[1]);
  if (code !== 0 || Number.isNaN(pid)) throw new Error(`llama-server did not start: ${complaints.trim()}`);
  const baseURL = out.trim();
  return {
    baseURL,
    model: 'tiny-random-llama',
    busy: async () => {
      const response = await fetch(new URL('/slots', baseURL));
      const slots = (await response.json()) as ReadonlyArray<{ readonly is_processing: boolean }>;
      return slots.filter(({ is_processing }) => is_processing).length;
    },
    kill: () => process.kill(pid, 'SIGKILL'),
    close: async () => {
      await run('stop.sh', port);
    },
  };
}

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly complaints: string;
}

async function run(script: string, ...args: readonly string[]): Promise<Ended> {
  const child = spawn('bash', [script, ...args], {
    cwd: llamaServerFolder,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: PATIENCE_MS,
  });
  const ended = new Promise<number | null>((done) => {
    child.once('exit', done);
    child.once('error', () => done(null));
  });
  const [code, out, complaints] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { code, out, complaints };
}
