// `npm run check:example`: builds and prerenders the Angular example with the other supported versions of Angular. Each is
// installed once per machine, beside the consumers of `npm run check:consumers`.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { angulars } from './consumers/angulars.mjs';
import { node } from './consumers/tools.mjs';
import './ensure-built.mjs';
import { run, runNpm } from './run.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const example = join(root, 'examples/angular');
const cache = join(
  process.env.CONSUMERS_CACHE ??
    join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'rxjs-chat-completions'),
  'example',
);

let failed = 0;
// Beside the example's own 21.
for (const line of ['20', '22']) {
  const started = performance.now();
  const problem = await build(line).catch((error) => error.message);
  if (problem !== undefined) failed += 1;
  const seconds = ((performance.now() - started) / 1_000).toFixed(0);
  console.log(`${problem === undefined ? 'ok    ' : 'FAILED'} the example on Angular ${line} (${seconds} s)`);
  if (problem !== undefined) console.log(problem);
}
process.exitCode = failed;

/** Returns the output of a failed build, and `undefined` on success. */
async function build(line) {
  const folder = join(cache, `angular-${line}`);
  const needed = angulars[line].node;
  const command = needed === undefined ? process.execPath : await node(needed);
  const env = { PATH: `${dirname(command)}${delimiter}${process.env.PATH}`, NG_CLI_ANALYTICS: 'false' };

  mkdirSync(folder, { recursive: true });
  // npm would keep the copies of an earlier run.
  rmSync(join(folder, 'node_modules/rxjs-chat-completions'), { recursive: true, force: true });
  rmSync(join(folder, 'src'), { recursive: true, force: true });
  for (const file of ['src', '.npmrc', 'angular.json', 'tsconfig.json', 'tsconfig.spec.json']) {
    cpSync(join(example, file), join(folder, file), { recursive: true });
  }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(createManifest(angulars[line]), null, 2));
  const installed = await runNpm(
    ['install', '--ignore-scripts', '--no-package-lock', '--prefer-offline', '--loglevel=error'],
    { cwd: folder, env, timeoutMs: 600_000 },
  );
  if (installed.status !== 0) return installed.output;
  const built = await run(command, ['node_modules/@angular/cli/bin/ng.js', 'build'], { cwd: folder, env });
  if (built.status !== 0) return built.output;
  return built.output.includes('Prerendered 1 static route') ? undefined : built.output;
}

/** Returns the example's package.json with another version of Angular. */
function createManifest({ version, build, typescript }) {
  const manifest = JSON.parse(readFileSync(join(example, 'package.json'), 'utf8'));
  const { dependencies, devDependencies } = manifest;
  for (const packages of [dependencies, devDependencies]) {
    for (const name of Object.keys(packages).filter((each) => each.startsWith('@angular/'))) {
      packages[name] = ['@angular/build', '@angular/cli', '@angular/ssr'].includes(name) ? build : version;
    }
  }
  dependencies['rxjs-chat-completions'] = `file:${root}`;
  devDependencies.typescript = typescript;
  // Only its specs need these.
  delete devDependencies.jsdom;
  delete devDependencies.vitest;
  return manifest;
}
