// Brings dist to what lib says, for the checks of what is published. Does nothing when dist is newer.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { npm } from './npm.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What dist is made from. */
const sources = ['lib', 'package.json', 'tsconfig.json', 'tsdown.config.js', 'scripts/entry-points.mjs'];

if (!isBuilt()) build();

function isBuilt() {
  try {
    return Math.max(...sources.flatMap(changesIn)) < Math.min(...changesIn('dist'));
  } catch {
    return false; // There is no dist.
  }
}

/** When each file and folder below `path` changed last; a folder does when a file in it comes or goes. */
function changesIn(path) {
  const stats = statSync(join(root, path));
  const inside = stats.isDirectory() ? readdirSync(join(root, path)) : [];
  return [stats.mtimeMs, ...inside.flatMap((name) => changesIn(join(path, name)))];
}

function build() {
  const { status, stdout, stderr, error } = npm(['run', 'build', '--loglevel=error'], root);
  if (status === 0) return;
  process.stderr.write(`${stdout ?? ''}${stderr ?? ''}${error ? `${error.message}\n` : ''}`);
  process.stderr.write('npm run build failed; nothing was checked.\n');
  process.exit(1);
}
