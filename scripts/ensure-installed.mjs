// Brings node_modules to what package-lock.json says, so that `npm start` and `npm test` each work alone on a
// fresh clone. Costs a few milliseconds when there is nothing to do, and then says nothing.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { npm } from './npm.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

if (!isInstalled()) install();

/**
 * Compares contents, not times: a checkout gives files new times. npm writes its own copy of the lock file
 * last, so an install that was interrupted has none.
 */
function isInstalled() {
  const locked = packagesIn('package-lock.json');
  const installed = packagesIn('node_modules/.package-lock.json');
  if (installed === undefined) return false;
  return Object.entries(locked ?? {}).every(([path, wanted]) => {
    if (path === '') return true;
    const present = installed[path];
    // An optional package may be for another platform.
    if (present === undefined) return wanted.optional === true;
    return present.version === wanted.version && present.integrity === wanted.integrity;
  });
}

function packagesIn(lockFile) {
  try {
    return JSON.parse(readFileSync(join(root, lockFile), 'utf8')).packages;
  } catch {
    return undefined;
  }
}

function install() {
  process.stderr.write('Installing the dependencies, once; this takes about half a minute.\n');
  const { status, stdout, stderr, error } = npm(
    // Tests and the chat run from devDependencies, also where NODE_ENV says production. None needs its scripts.
    ['ci', '--include=dev', '--ignore-scripts', '--loglevel=error'],
    root,
  );
  if (status === 0) return;
  process.stderr.write(`${stdout ?? ''}${stderr ?? ''}${error ? `${error.message}\n` : ''}`);
  process.stderr.write('npm ci failed; nothing was run.\n');
  process.exit(1);
}
