// Runtimes, bundlers, test runners and compilers of the consumers, each from npm in a fixed version.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

import { run, runNpm } from '../run.mjs';

/**
 * Outside `node_modules`, which `npm ci` empties, and outside the project, whose packages a consumer would resolve. Safe to
 * delete.
 */
const cache =
  process.env.CONSUMERS_CACHE ??
  join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'rxjs-chat-completions', 'tools');

const installed = new Map();

/** A tool cannot be installed on this machine. */
export class NotAvailable extends Error {}

/**
 * Returns the folder `node_modules` with `packages`, such as `{ webpack: '5.112.2' }`. Installs them once per machine.
 *
 * @throws NotAvailable when npm cannot install them.
 */
export function tools(packages) {
  const key = Object.entries(packages)
    .map(([name, version]) => `${name.replace('/', '+')}@${version}`)
    .join('_');
  // The length of a folder's name is limited.
  const name =
    key.length <= 100 ? key : `${key.slice(0, 80)}_${createHash('sha256').update(key).digest('hex')}`;
  if (!installed.has(key)) installed.set(key, install(join(cache, name), packages));
  return installed.get(key);
}

async function install(folder, packages) {
  if (!existsSync(folder)) {
    // Renamed when it is complete, so that an interrupted install is not used.
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

/** Returns npm's error message, without the path of its log. */
function reasonIn(output) {
  const lines = output.split('\n').flatMap((line) => /^npm (?:error|ERR!) (.+)/.exec(line)?.[1] ?? []);
  return (
    lines
      .filter((line) => !line.startsWith('A complete log'))
      .slice(0, 2)
      .join(': ') || 'npm install failed'
  );
}

/** Returns the command that starts this version of Node. */
export async function node(version) {
  const name = `node-${platform === 'win32' ? 'win' : platform}-${arch}`;
  const modules = await tools({ [name]: version });
  return checkStart(join(modules, name, 'bin', executable('node')));
}

/** Returns the command that starts this version of Deno. */
export async function deno(version) {
  const name = `@deno/${platform}-${arch}${platform === 'linux' ? '-glibc' : ''}`;
  const modules = await tools({ [name]: version });
  return checkStart(join(modules, name, executable('deno')));
}

/** Returns the command that starts this version of Bun. */
export async function bun(version) {
  const system = platform === 'win32' ? 'windows' : platform;
  const name = `@oven/bun-${system}-${arch === 'arm64' ? 'aarch64' : arch}`;
  const modules = await tools({ [name]: version });
  return checkStart(join(modules, name, 'bin', executable('bun')));
}

// The packages that the install scripts of `node`, `deno` and `bun` would install. Install scripts do not run here.
const { platform, arch } = process;

const executable = (name) => (platform === 'win32' ? `${name}.exe` : name);

/** Checks that a command starts. It may need a library or an instruction that this machine does not have. */
async function checkStart(command) {
  const { status, output } = await run(command, ['--version']);
  if (status !== 0) throw new NotAvailable(`it does not start: ${output.trim().split('\n').at(-1)}`);
  return command;
}
