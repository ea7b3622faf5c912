// Prepares a measurement: installs the peers and their Node, and builds the library.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { npm } from '../scripts/npm.mjs';

const bench = fileURLToPath(new URL('.', import.meta.url));

/** Installs the packages in bench/package-lock.json, unless they are installed. */
export function installPeers() {
  const lock = readFileSync(join(bench, 'package-lock.json'), 'utf8');
  const stamp = join(bench, 'node_modules/.installed-from');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  process.stderr.write('Installing the peers (about 300 MB)…\n');
  // Without scripts, as no package needs them. Some peers require a newer Node, which is one of the packages.
  must(npm(['ci', '--include=dev', '--ignore-scripts', '--loglevel=error'], bench));
  writeFileSync(stamp, lock);
}

/** Installs what the library needs, and builds it, unless that is done. */
export async function buildLibrary() {
  await import('../scripts/ensure-installed.mjs');
  await import('../scripts/ensure-built.mjs');
}

/** Returns the newest Node that all peers support, from its package. Without that package, returns the current Node. */
export function newestNode() {
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const path = join(bench, 'node_modules', name, process.platform === 'win32' ? 'bin/node.exe' : 'bin/node');
  return existsSync(path) ? nodeAt(path) : thisNode;
}

const nodeAt = (path) => ({
  path,
  version: spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout.trim(),
});

export const thisNode = { path: process.execPath, version: process.version };

/** Whether most peers support a version of Node. */
export const suitsPeers = ({ version }) => {
  const [major, minor] = version.slice(1).split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 12);
};

function must({ status, stdout, stderr, error }) {
  if (status === 0) return;
  throw new Error(`${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}`);
}
