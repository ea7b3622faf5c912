// `npm run example:angular`: builds the library, installs it in the Angular example, and serves the example.
// With `--build` it builds the example for production instead.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import './ensure-installed.mjs';
import './ensure-built.mjs';
import { install } from './install.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const example = join(root, 'examples/angular');
const modules = join(example, 'node_modules');

/** Hash of the last install. The library is copied into the example, so a new build needs a new install. */
const stamp = join(modules, '.installed-for');

const current = hashInputs();
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== current) await installExample();

const [, , mode] = process.argv;
const ng = join(modules, '@angular/cli/bin/ng.js');
const { status } = spawnSync(process.execPath, [ng, mode === '--build' ? 'build' : 'serve'], {
  cwd: example,
  stdio: 'inherit',
  env: { ...process.env, NG_CLI_ANALYTICS: 'false' },
});
process.exitCode = status ?? 1;

function hashInputs() {
  const hash = createHash('sha256').update(readFileSync(join(example, 'package-lock.json')));
  for (const file of filesOf(join(root, 'dist'))) hash.update(file).update(readFileSync(file));
  return hash.update(readFileSync(join(root, 'package.json'))).digest('hex');
}

function filesOf(folder) {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .sort();
}

async function installExample() {
  // Otherwise npm keeps the installed copy of the library.
  rmSync(join(modules, 'rxjs-chat-completions'), { recursive: true, force: true });
  const args = ['install', '--no-save', '--ignore-scripts', '--prefer-offline', '--loglevel=error'];
  await install('the Angular example', args, example);
  writeFileSync(stamp, current);
}
