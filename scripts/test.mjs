// `npm test`: the compiler, every spec, and those in a browser where that costs little. Arguments go to Jest, and then no
// browser is started.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { chromium, NO_CHROMIUM } from './chromium.mjs';
import './ensure-installed.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const args = process.argv.slice(2);

run('node_modules/@typescript/native/bin/tsc', '--noEmit');
run('node_modules/jest/bin/jest.js', ...args);
if (args.length === 0) inBrowser();

function inBrowser() {
  const reason =
    chromium === undefined
      ? NO_CHROMIUM
      : existsSync(`${root}examples/angular/node_modules`)
        ? undefined
        : 'the Angular example is not installed, which takes a minute and 280 MB (npm run test:browser does it)';
  if (reason === undefined) run('scripts/test-browser.mjs');
  else console.log(`The browser specs did not run: ${reason}.`);
}

function run(...command) {
  const { status } = spawnSync(process.execPath, command, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
