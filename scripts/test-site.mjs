// `npm run test:site`: builds the site below a path, and tests it in Chromium. Arguments are passed to Jest.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { chromium, NO_CHROMIUM } from './chromium.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

if (chromium === undefined) {
  console.error(`The specs of the site cannot run: ${NO_CHROMIUM}.`);
  process.exit(1);
}
run({ SITE_BASE: '/rx/', SITE_OUT: join(root, 'coverage/site') }, 'scripts/site.mjs', '--build');
run({}, 'node_modules/jest/bin/jest.js', '--config', 'spec/site/jest.config.js', ...process.argv.slice(2));

function run(env, ...args) {
  const { status } = spawnSync(process.execPath, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  if (status !== 0) process.exit(status ?? 1);
}
