// Builds the library, installs the Angular example with it, and serves it: `npm run example:angular`.
// With `--build` it is built for production, and not served.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import './ensure-installed.mjs';
import './ensure-built.mjs';
import { npm } from './npm.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const example = join(root, 'examples/angular');
const modules = join(example, 'node_modules');

/** What was installed last. The library is copied into the example, so a new build of it is a new install. */
const stamp = join(modules, '.installed-for');

const wanted = installedFor();
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) install();

const [, , mode] = process.argv;
const ng = join(modules, '@angular/cli/bin/ng.js');
const { status } = spawnSync(process.execPath, [ng, mode === '--build' ? 'build' : 'serve'], {
  cwd: example,
  stdio: 'inherit',
  env: { ...process.env, NG_CLI_ANALYTICS: 'false' },
});
process.exitCode = status ?? 1;

function installedFor() {
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

function install() {
  process.stderr.write('Installing the example, once; this takes about a minute.\n');
  // Without it npm would keep the copy of the library that it has.
  rmSync(join(modules, 'rxjs-chat-completions'), { recursive: true, force: true });
  const { status, stdout, stderr } = npm(
    ['install', '--no-save', '--ignore-scripts', '--prefer-offline', '--loglevel=error'],
    example,
  );
  if (status !== 0) {
    process.stderr.write(`${stdout ?? ''}${stderr ?? ''}npm install failed; nothing was run.\n`);
    process.exit(1);
  }
  writeFileSync(stamp, wanted);
}
