// `npm run test:browser`: the Angular example in a real Chromium. Where there is none it says so, and passes.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const places = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

if (!places.some((place) => place && existsSync(place))) {
  console.log(
    'No Chromium here (apt-get install chromium, or CHROMIUM=/path/to/it): the browser specs did not run.',
  );
} else {
  run(['scripts/example-angular.mjs', '--build']);
  run(['node_modules/jest/bin/jest.js', '--config', 'spec/browser/jest.config.js', ...process.argv.slice(2)]);
}

function run(args) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
