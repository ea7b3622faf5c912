// What must be there before anything is measured: the peers, the Node they run on, and a build of the library.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { npm } from '../scripts/npm.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const bench = fileURLToPath(new URL('.', import.meta.url));

/** Installs what bench/package-lock.json lists, unless just that is installed. */
export function installPeers() {
  const lock = readFileSync(join(bench, 'package-lock.json'), 'utf8');
  const stamp = join(bench, 'node_modules/.installed-from');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  process.stderr.write('Installing the peers, once; about 300 MB, half a minute.\n');
  // No scripts: none is needed. Some peers ask for a newer Node than this one; they get it.
  must(npm(['ci', '--include=dev', '--ignore-scripts', '--loglevel=error'], bench));
  writeFileSync(stamp, lock);
}

/** Builds the library, if a source is younger than the build. */
export function buildLibrary() {
  const built = join(root, 'dist/index.js');
  const sources = ['tsdown.config.js', 'package.json'].map((file) => join(root, file));
  for (const path of readdirSync(join(root, 'lib'), { recursive: true }))
    sources.push(join(root, 'lib', path));
  const youngest = Math.max(...sources.map((path) => statSync(path).mtimeMs));
  if (existsSync(built) && statSync(built).mtimeMs >= youngest) return;
  must(spawnSync(process.execPath, [join(root, 'scripts/ensure-installed.mjs')], { encoding: 'utf8' }));
  must(npm(['run', 'build', '--silent'], root));
}

/** The newest Node that all peers admit, from the package of this platform; else the Node that runs this. */
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

/** Which Node most peers ask for. */
export const suitsPeers = ({ version }) => {
  const [major, minor] = version.slice(1).split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 12);
};

function must({ status, stdout, stderr, error }) {
  if (status === 0) return;
  throw new Error(`${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}`);
}
