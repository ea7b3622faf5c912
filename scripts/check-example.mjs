// `npm run check:example`: the Angular example, as it is, builds and is prerendered with the other Angulars that the library
// is for. Each is installed once a machine, beside the consumers of `npm run check:consumers`.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { node } from './consumers/tools.mjs';
import './ensure-built.mjs';
import { run, runNpm } from './run.mjs';

/** The other lines of Angular, each at a version of which npm has all parts, if not the newest; the example itself is on 21. */
const LINES = [
  { name: 'Angular 20', angular: '20.3.32', cli: '20.3.37', typescript: '5.9.3' },
  { name: 'Angular 22', angular: '22.2.0', cli: '22.2.0', typescript: '6.0.3', node: '24.21.0' },
];

const root = fileURLToPath(new URL('..', import.meta.url));
const example = join(root, 'examples/angular');
const cache = join(
  process.env.CONSUMERS_CACHE ??
    join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'rxjs-chat-completions'),
  'example',
);

let failed = 0;
for (const line of LINES) {
  const started = performance.now();
  const problem = await build(line).catch((error) => error.message);
  if (problem !== undefined) failed += 1;
  const seconds = ((performance.now() - started) / 1_000).toFixed(0);
  console.log(`${problem === undefined ? 'ok    ' : 'FAILED'} the example on ${line.name} (${seconds} s)`);
  if (problem !== undefined) console.log(problem);
}
process.exitCode = failed;

/** @returns What went wrong, if anything did. */
async function build(line) {
  const folder = join(cache, line.name.toLowerCase().replace(' ', '-'));
  const command = line.node === undefined ? process.execPath : await node(line.node);
  const env = { PATH: `${dirname(command)}${delimiter}${process.env.PATH}`, NG_CLI_ANALYTICS: 'false' };

  mkdirSync(folder, { recursive: true });
  // As it is now: a copy, which `install-links` makes of it, would be kept.
  rmSync(join(folder, 'node_modules/rxjs-chat-completions'), { recursive: true, force: true });
  rmSync(join(folder, 'src'), { recursive: true, force: true });
  for (const file of ['src', '.npmrc', 'angular.json', 'tsconfig.json', 'tsconfig.spec.json']) {
    cpSync(join(example, file), join(folder, file), { recursive: true });
  }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifestOf(line), null, 2));
  const installed = await runNpm(
    ['install', '--ignore-scripts', '--no-package-lock', '--prefer-offline', '--loglevel=error'],
    { cwd: folder, env, timeoutMs: 600_000 },
  );
  if (installed.status !== 0) return installed.output;
  const built = await run(command, ['node_modules/@angular/cli/bin/ng.js', 'build'], { cwd: folder, env });
  if (built.status !== 0) return built.output;
  return built.output.includes('Prerendered 1 static route') ? undefined : built.output;
}

/** The example's own, with the versions of a line. */
function manifestOf({ angular, cli, typescript }) {
  const manifest = JSON.parse(readFileSync(join(example, 'package.json'), 'utf8'));
  const { dependencies, devDependencies } = manifest;
  for (const of of [dependencies, devDependencies]) {
    for (const name of Object.keys(of).filter((each) => each.startsWith('@angular/'))) {
      of[name] = ['@angular/build', '@angular/cli', '@angular/ssr'].includes(name) ? cli : angular;
    }
  }
  dependencies['rxjs-chat-completions'] = `file:${root}`;
  devDependencies.typescript = typescript;
  // What only its specs need.
  delete devDependencies.jsdom;
  delete devDependencies.vitest;
  return manifest;
}
