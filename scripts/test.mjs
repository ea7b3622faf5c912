// `npm test`: runs the compiler, all specs, and the browser specs if their dependencies are installed. Arguments are passed
// to Jest; with arguments the browser specs do not run.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { chromium, NO_CHROMIUM } from './chromium.mjs';
import './ensure-installed.mjs';
import { runNode } from './run.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const args = process.argv.slice(2);

process.stderr.write('Checking types…\n');
runNode(['node_modules/@typescript/native/bin/tsc', '--noEmit']);
process.stderr.write('Running the specs…\n');
runNode(['node_modules/jest/bin/jest.js', ...args]);
if (args.length === 0) testInBrowser();

function testInBrowser() {
  const reason =
    chromium === undefined
      ? NO_CHROMIUM
      : existsSync(`${root}examples/angular/node_modules`)
        ? undefined
        : 'the Angular example is not installed (npm run test:browser installs it, 280 MB)';
  if (reason === undefined) runNode(['scripts/test-browser.mjs']);
  else console.log(`The browser specs did not run: ${reason}.`);
}
