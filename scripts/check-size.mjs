// Bundles each export alone and measures it: minified, gzipped, without the peers, which an app shares. A budget limits
// growth; raise one here if the growth is intended.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import { build } from 'esbuild';

import './ensure-built.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const peers = [...Object.keys(manifest.peerDependencies), '#fp-ts/*'];

/** kB of all exports of an entry point together. */
const entryPointBudgets = { '.': 24, './angular': 20, './testing': 20, './testing/server': 12 };

/** kB of the streaming call in the README, with the peers. */
const appBudget = 24.5;

/**
 * kB of a single export, by its file in lib; the first matching pattern counts. `without` lists files of lib and peers that its
 * bundle must not contain.
 */
const sender = 'transport/fetchTransport';
const budgets = [
  { from: /^call\/chatCompletion$/, kB: 13.5 },
  { from: /^call\//, kB: 10.5 },
  { from: /^errors$/, kB: 1.5, without: [sender, 'io-ts', 'fp-ts', 'rxjs'] },
  { from: /^request\//, kB: 0.5, without: [sender, 'io-ts', 'fp-ts', 'rxjs'] },
  { from: /^(transport|sse|response)\//, kB: 3, without: ['io-ts', 'fp-ts'] },
  { from: /^decode\//, kB: 4, without: [sender, 'rxjs'] },
  { from: /^codec\//, kB: 1.5, without: [sender, 'rxjs'] },
  { from: /^fold\//, kB: 2.5, without: [sender, 'io-ts', 'fp-ts', 'rxjs'] },
  { from: /^operators\/resilience\/policies$/, kB: 0.5, without: [sender, 'io-ts', 'fp-ts', 'rxjs'] },
  { from: /^operators\//, kB: 4, without: [sender, 'io-ts'] },
  { from: /^state\//, kB: 4, without: [sender, 'io-ts'] },
];

let failed = false;

const files = filesIn(readFileSync(join(root, 'dist/index.js'), 'utf8'));
for (const name of Object.keys(await import('../dist/index.js'))) {
  const file = files.get(name);
  const budget = budgets.find(({ from }) => from.test(file));
  if (budget === undefined) {
    fail(`${name} is in lib/${file}, which has no budget`);
    continue;
  }
  const bundle = await measureBundle(`export { ${name} } from './dist/index.js';`);
  row(name, bundle, budget.kB);
  const unwanted = (budget.without ?? []).filter((part) =>
    bundle.parts.some((found) => found.startsWith(part)),
  );
  if (unwanted.length > 0) fail(`${name} contains ${unwanted.join(' and ')}`);
}

console.log('');
for (const [path, target] of Object.entries(manifest.exports)) {
  if (target.import === undefined) continue;
  const bundle = await measureBundle(`export * from '${target.import.default}';`);
  row(path.replace('.', manifest.name), bundle, entryPointBudgets[path] ?? 0);
}

const app = `
  import { accumulateContent, chatCompletion$ } from './dist/index.js';
  chatCompletion$({}, { model: 'any', messages: [] }).pipe(accumulateContent()).subscribe(console.log);`;
row('a streaming call', await measureBundle(app), budgets[0].kB);
row('a streaming call, peers included', await measureBundle(app, { external: [] }), appBudget);
process.exitCode = failed ? 1 : 0;

/** Returns the file in lib of each name of an index. */
function filesIn(index) {
  return new Map(
    [...index.matchAll(/^import \{ (.+) \} from "\.\/(.+)\.js";$/gm)].flatMap(([, names, file]) =>
      names.split(', ').map((name) => [name, file]),
    ),
  );
}

/** Returns the size in bytes, minified and gzipped, and the contents: files of lib and peers. */
async function measureBundle(contents, { external = peers } = {}) {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: root },
    absWorkingDir: root,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    external: [...external, 'node:*'],
    metafile: true,
    write: false,
    logLevel: 'error',
  });
  const [{ inputs, imports }] = Object.values(metafile.outputs);
  const inputFiles = Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  const [{ contents: code }] = outputFiles;
  return {
    minified: code.length,
    gzipped: gzipSync(code, { level: 9 }).length,
    parts: [
      ...inputFiles.map(([path]) => path.replace(/^dist\//, '')),
      ...imports.map(({ path }) => path.replace(/^#/, '')),
    ],
  };
}

function row(name, { minified, gzipped }, kB) {
  const [min, gzip, budget] = [minified, gzipped, kB * 1000].map((bytes) =>
    (bytes / 1000).toFixed(1).padStart(6),
  );
  console.log(`${name.padEnd(38)} ${min} kB min ${gzip} kB gzip  of ${budget} kB`);
  if (gzipped > kB * 1000) fail(`${name} has ${gzip.trim()} kB; its budget is ${budget.trim()} kB`);
}

function fail(reason) {
  failed = true;
  console.error(`FAILED ${reason}`);
}
