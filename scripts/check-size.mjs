// Bundles each thing that is exported, alone, and weighs it: minified, gzipped, without the peers, which an app shares.
// A budget is what a change may cost without anybody noticing; to raise one is a decision, made here.
import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import { build } from 'esbuild';

import './ensure-built.mjs';
import { entryPoints } from './entry-points.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const peers = [...Object.keys(manifest.peerDependencies), '#fp-ts/*'];

/** In kB, of everything an entry point exports together; `other` for one that is not listed. */
const entryPointBudgets = { '.': 24, './angular': 20, './testing': 20, './testing/server': 12, other: 8 };

/** In kB, of the streaming call that the README shows, with the peers. */
const appBudget = 24.5;

/**
 * In kB, of an export alone, by the file of lib it comes from: the first pattern that fits counts. `without` lists what
 * it must not bring, files of lib and peers.
 */
const sender = 'transport/fetchTransport';
const budgets = [
  { from: /^call\/chatCompletion$/, kB: 13.5 },
  { from: /^call\//, kB: 10.5 },
  { from: /^errors$/, kB: 1.5, without: [sender, 'io-ts', 'fp-ts', 'rxjs'] },
  { from: /^(request|servers)\//, kB: 0.5, without: [sender, 'io-ts', 'fp-ts', 'rxjs'] },
  { from: /^(transport|sse|response)\//, kB: 3, without: ['io-ts', 'fp-ts'] },
  { from: /^decode\//, kB: 4, without: [sender, 'rxjs'] },
  { from: /^codec\//, kB: 1.5, without: [sender, 'rxjs'] },
  { from: /^schema\//, kB: 3.5, without: [sender, 'rxjs'] },
  { from: /^fold\//, kB: 2.5, without: [sender, 'io-ts', 'fp-ts', 'rxjs'] },
  { from: /^operators\/resilience\/policies$/, kB: 0.5, without: [sender, 'io-ts', 'fp-ts', 'rxjs'] },
  { from: /^operators\//, kB: 4, without: [sender, 'io-ts'] },
  { from: /^state\//, kB: 4, without: [sender, 'io-ts'] },
];

let failed = false;

// The frameworks of the others weigh more than what they hold.
const weighed = entryPoints.filter(({ path }) => !/^\.\/(angular|testing)/.test(path));
for (const [name, { script, home }] of homesIn(weighed)) {
  const budget = budgets.find(({ from }) => from.test(home));
  if (budget === undefined) {
    fail(`${name} comes from lib/${home}, for which there is no budget`);
    continue;
  }
  const bundle = await bundled(`export { ${name} } from '${script}';`);
  row(name, bundle, budget.kB);
  const strangers = (budget.without ?? []).filter((part) =>
    bundle.parts.some((found) => found.startsWith(part)),
  );
  if (strangers.length > 0) fail(`${name} brings ${strangers.join(' and ')}`);
}

console.log('');
for (const { path, name, script } of entryPoints) {
  const bundle = await bundled(`export * from '${script}';`);
  row(name, bundle, entryPointBudgets[path] ?? entryPointBudgets.other);
}

const app = `
  import { accumulateContent, chatCompletion$ } from './dist/index.js';
  chatCompletion$({}, { model: 'any', messages: [] }).pipe(accumulateContent()).subscribe(console.log);`;
row('a streaming call', await bundled(app), budgets[0].kB);
row('a streaming call, peers included', await bundled(app, { external: [] }), appBudget);
process.exitCode = failed ? 1 : 0;

/** The file of lib that each name of an entry point comes from, and the first entry point that has it. */
function homesIn(entries) {
  const homes = new Map();
  for (const { script } of entries) {
    const folder = posix.dirname(script);
    const index = readFileSync(join(root, script), 'utf8');
    for (const [, names, file] of index.matchAll(/^import \{ (.+) \} from "(.+)\.js";$/gm)) {
      const home = posix.join(folder, file).replace(/^dist\//, '');
      for (const name of names.split(', ')) if (!homes.has(name)) homes.set(name, { script, home });
    }
  }
  return homes;
}

/** @returns The size in bytes, minified and then gzipped, and what is in it: files of lib and peers. */
async function bundled(contents, { external = peers } = {}) {
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
  const files = Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  const [{ contents: code }] = outputFiles;
  return {
    minified: code.length,
    gzipped: gzipSync(code, { level: 9 }).length,
    parts: [
      ...files.map(([path]) => path.replace(/^dist\//, '')),
      ...imports.map(({ path }) => path.replace(/^#/, '')),
    ],
  };
}

function row(name, { minified, gzipped }, kB) {
  const [min, gzip, budget] = [minified, gzipped, kB * 1000].map((bytes) =>
    (bytes / 1000).toFixed(1).padStart(6),
  );
  console.log(`${name.padEnd(38)} ${min} kB min ${gzip} kB gzip  of ${budget} kB`);
  if (gzipped > kB * 1000) fail(`${name} weighs ${gzip.trim()} kB, and its budget is ${budget.trim()} kB`);
}

function fail(reason) {
  failed = true;
  console.error(`FAILED ${reason}`);
}
