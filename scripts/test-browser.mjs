// `npm run test:browser`: builds the Angular example and tests it in Chromium. Arguments are passed to Jest.
import { chromium, NO_CHROMIUM } from './chromium.mjs';
import { runNode } from './run.mjs';

if (chromium === undefined) {
  console.error(`The browser specs cannot run: ${NO_CHROMIUM}.`);
  process.exit(1);
}
runNode(['scripts/example-angular.mjs', '--build']);
runNode([
  'node_modules/jest/bin/jest.js',
  '--config',
  'spec/browser/jest.config.js',
  ...process.argv.slice(2),
]);
