import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { npmCommand } from './npm.mjs';

/**
 * Runs a command and waits for its end.
 *
 * Asynchronously, as this process runs the servers that the command connects to.
 *
 * @returns A promise of `{ status, output }`; `output` has both streams in order. Never rejects: if the command cannot start,
 * the status is `null` and the output has the reason.
 */
export function run(command, args, { cwd, env = {}, timeoutMs = 300_000, shell = false } = {}) {
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(command, args, {
      cwd,
      shell,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    }
    child.on('error', (error) => resolve({ status: null, output: `${output}${error.message}` }));
    child.on('close', (status, signal) =>
      resolve({ status, output: signal === null ? output : `${output}\nended by ${signal}` }),
    );
  });
}

/** Runs npm as {@link run} does. */
export function runNpm(args, options) {
  const [command, npmOptions, ...before] = npmCommand();
  return run(command, [...before, ...args], { ...options, ...npmOptions });
}

/**
 * Runs a script of Node in the root of the project and in its terminal, and waits for its end. Ends this process if it fails.
 *
 * @param args - The path of the script, or options of Node, and its arguments.
 * @param env - Variables beside those of this process.
 */
export function runNode(args, env = {}) {
  const { status } = spawnSync(process.execPath, args, {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  if (status !== 0) process.exit(status ?? 1);
}
