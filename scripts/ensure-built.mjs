// Builds dist for the checks of the published files, unless it is newer than its sources.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { npm } from './npm.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Sources of dist. */
const sources = ['lib', 'package.json', 'tsconfig.json', 'tsdown.config.js', 'scripts/entry-points.mjs'];

if (!isBuilt()) build();

function isBuilt() {
  try {
    return Math.max(...sources.flatMap(modificationTimes)) < Math.min(...modificationTimes('dist'));
  } catch {
    return false; // dist does not exist.
  }
}

/** Returns the modification times below `path`, also of folders, which change when a file is added or removed. */
function modificationTimes(path) {
  const stats = statSync(join(root, path));
  const inside = stats.isDirectory() ? readdirSync(join(root, path)) : [];
  return [stats.mtimeMs, ...inside.flatMap((name) => modificationTimes(join(path, name)))];
}

function build() {
  process.stderr.write('Building the library…\n');
  const { status, stdout, stderr, error } = npm(['run', 'build', '--loglevel=error'], root);
  if (status === 0) return;
  process.stderr.write(`${stdout ?? ''}${stderr ?? ''}${error ? `${error.message}\n` : ''}`);
  process.stderr.write('npm run build failed.\n');
  process.exit(1);
}
