import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
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

/** `describe` if a server can be started, else a skipped suite. */
export const describeLive = llamaServerFolder === undefined ? describe.skip : describe;

/** The first start on a machine fetches the server; without a network it stops before this. */
const PATIENCE_MS = 100_000;

/**
 * Starts the real server that may be beside the checkout; reports a line if that is not possible.
 *
 * @param port - A port that no other spec uses, or 0 for any.
 * @param options - Options of llama-server.
 */
export async function startLlamaServer(
  port: number,
  ...options: readonly string[]
): Promise<LlamaServer | undefined> {
  const folder = llamaServerFolder;
  if (folder === undefined) return undefined;
  const own = port === 0 ? await closedPort() : port;
  const { code, out, complaints } = await run(resolve(folder, 'start.sh'), String(own), ...options);
  const pid = Number(/\bpid (\d+)/.exec(complaints)?.[1]);
  if (code !== 0 || Number.isNaN(pid)) {
    sayThereIsNone(complaints.trim().split('\n').at(-1) ?? '');
    return undefined;
  }
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
      await run(resolve(folder, 'stop.sh'), String(own));
    },
  };
}

let said = false;

function sayThereIsNone(why: string): void {
  if (!said) process.stderr.write(`no llama-server, so no spec of a live answer: ${why}\n`);
  said = true;
}

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly complaints: string;
}

async function run(script: string, ...args: readonly string[]): Promise<Ended> {
  const child = spawn('bash', [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'], timeout: PATIENCE_MS });
  const ended = new Promise<number | null>((done) => {
    child.once('exit', done);
    child.once('error', () => done(null));
  });
  const [code, out, complaints] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { code, out, complaints };
}
