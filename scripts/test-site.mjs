// `npm run test:site`: builds the site below a path, and tests it in Chromium. Arguments are passed to Jest.
import { fileURLToPath } from 'node:url';

import { chromium, NO_CHROMIUM } from './chromium.mjs';
import { runNode } from './run.mjs';

if (chromium === undefined) {
  console.error(`The specs of the site cannot run: ${NO_CHROMIUM}.`);
  process.exit(1);
}
const out = fileURLToPath(new URL('../coverage/site', import.meta.url));
runNode(['scripts/site.mjs', '--build'], { SITE_BASE: '/rx/', SITE_OUT: out });
runNode(['node_modules/jest/bin/jest.js', '--config', 'spec/site/jest.config.js', ...process.argv.slice(2)]);
