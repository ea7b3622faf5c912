// Installs the dependencies if node_modules does not match package-lock.json, so that `npm start` and `npm test` work on a
// fresh clone. Takes a few milliseconds and prints nothing if they are installed.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { install } from './install.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

if (!isInstalled()) {
  // Tests and the chat need devDependencies, also with NODE_ENV=production. No package needs its install scripts.
  await install('dependencies', ['ci', '--include=dev', '--ignore-scripts', '--loglevel=error'], root);
}

/**
 * Compares contents, as a checkout changes file times. npm writes its own copy of the lock file last, so an interrupted
 * install has none.
 */
function isInstalled() {
  const locked = packagesIn('package-lock.json');
  const installed = packagesIn('node_modules/.package-lock.json');
  if (installed === undefined) return false;
  return Object.entries(locked ?? {}).every(([path, wanted]) => {
    if (path === '') return true;
    const present = installed[path];
    // Optional packages may be for another platform.
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
