// What the consumers are run with: runtimes, bundlers, test runners and compilers, each from npm and in one version.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

import { run, runNpm } from '../run.mjs';

/**
 * Not in `node_modules`, which `npm ci` empties; not in the project, whose own packages a consumer would find
 * there. Safe to delete.
 */
const cache =
  process.env.CONSUMERS_CACHE ??
  join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'rxjs-chat-completions', 'tools');

const installed = new Map();

/** A tool could not be had on this machine. */
export class NotAvailable extends Error {}

/**
 * The folder `node_modules` that holds `packages`, as in `{ webpack: '5.112.2' }`; installed once a machine.
 *
 * @throws NotAvailable when npm cannot install them here.
 */
export function tools(packages) {
  const key = Object.entries(packages)
    .map(([name, version]) => `${name.replace('/', '+')}@${version}`)
    .join('_');
  // A folder's name has a length of its own to keep to.
  const name =
    key.length <= 100 ? key : `${key.slice(0, 80)}_${createHash('sha256').update(key).digest('hex')}`;
  if (!installed.has(key)) installed.set(key, install(join(cache, name), packages));
  return installed.get(key);
}

async function install(folder, packages) {
  if (!existsSync(folder)) {
    // Renamed once it is whole: an install that was interrupted must not pass for one.
    const unfinished = `${folder}.${process.pid}`;
    mkdirSync(unfinished, { recursive: true });
    writeFileSync(
      join(unfinished, 'package.json'),
      JSON.stringify({ private: true, dependencies: packages }),
    );
    const { status, output } = await runNpm(
      ['install', '--ignore-scripts', '--no-package-lock', '--prefer-offline', '--loglevel=error'],
      { cwd: unfinished, timeoutMs: 600_000 },
    );
    if (status === 0 && !existsSync(folder)) renameSync(unfinished, folder);
    rmSync(unfinished, { recursive: true, force: true });
    if (status !== 0) throw new NotAvailable(reasonIn(output));
  }
  return join(folder, 'node_modules');
}

/** npm's own words, without the line that tells where its log is. */
function reasonIn(output) {
  const lines = output.split('\n').flatMap((line) => /^npm (?:error|ERR!) (.+)/.exec(line)?.[1] ?? []);
  return (
    lines
      .filter((line) => !line.startsWith('A complete log'))
      .slice(0, 2)
      .join(': ') || 'npm install failed'
  );
}

/** The command that starts this version of Node. */
export async function node(version) {
  const name = `node-${platform === 'win32' ? 'win' : platform}-${arch}`;
  const modules = await tools({ [name]: version });
  return starting(join(modules, name, 'bin', executable('node')));
}

/** The command that starts this version of Deno. */
export async function deno(version) {
  const name = `@deno/${platform}-${arch}${platform === 'linux' ? '-glibc' : ''}`;
  const modules = await tools({ [name]: version });
  return starting(join(modules, name, executable('deno')));
}

/** The command that starts this version of Bun. */
export async function bun(version) {
  const system = platform === 'win32' ? 'windows' : platform;
  const name = `@oven/bun-${system}-${arch === 'arm64' ? 'aarch64' : arch}`;
  const modules = await tools({ [name]: version });
  return starting(join(modules, name, 'bin', executable('bun')));
}

// The packages that npm's `node`, `deno` and `bun` bring by a script at their install: scripts are not run here.
const { platform, arch } = process;

const executable = (name) => (platform === 'win32' ? `${name}.exe` : name);

/** Tells a machine that cannot start a command, for want of a library or an instruction, from a consumer that fails. */
async function starting(command) {
  const { status, output } = await run(command, ['--version']);
  if (status !== 0) throw new NotAvailable(`it does not start: ${output.trim().split('\n').at(-1)}`);
  return command;
}
