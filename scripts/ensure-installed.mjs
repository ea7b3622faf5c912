// Installs the dependencies if node_modules does not match package-lock.json, so that commands work on a fresh clone.
import { fileURLToPath } from 'node:url';

import { ensureInstalled } from './install.mjs';

await ensureInstalled('dependencies', fileURLToPath(new URL('..', import.meta.url)));
