// `npm run test:browser`: builds the Angular example and tests it in Chromium. Arguments are passed to Jest.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { chromium, NO_CHROMIUM } from './chromium.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

if (chromium === undefined) {
  console.error(`The browser specs cannot run: ${NO_CHROMIUM}.`);
  process.exit(1);
}
run('scripts/example-angular.mjs', '--build');
run('node_modules/jest/bin/jest.js', '--config', 'spec/browser/jest.config.js', ...process.argv.slice(2));

function run(...args) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
