// Bundles each export alone and measures it: minified, gzipped, without the peers, which an app shares. For a browser, except for
// what Node alone runs. A budget limits growth; raise one here if the growth is intended.
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

/** kB of all exports of an entry point together; `other` for one that is not listed. */
const entryPointBudgets = {
  '.': 41.7,
  './angular': 56.1,
  './dialects': 30.1,
  './servers': 1.5,
  './opentelemetry': 3.3,
  './structured': 12.1,
  './testing': 23.1,
  './testing/server': 7.6,
  './tools': 21.4,
  './conversation': 11.2,
  './inspector': 30.3,
  './resume': 28.6,
  './relay': 15.6,
  './fold': 7.3,
  other: 6.5,
};

/** kB of the streaming call in the README, with the peers. */
const appBudget = 38.2;

/** kB that a part adds to an app with a streaming call. The inspector counts without the part for tapes, which is loaded later. */
const additions = {
  structured: {
    code: `import { structured } from './dist/structured/index.js'; console.log(structured);`,
    kB: 7.2,
  },
  elements: {
    code: `import { elements } from './dist/structured/index.js'; console.log(elements);`,
    kB: 4.8,
  },
  'a tool loop': {
    code: `import { runTools$ } from './dist/tools/index.js'; console.log(runTools$);`,
    kB: 8.9,
  },
  "Ollama's own API": {
    code: `import { ollamaNative } from './dist/dialects/index.js'; console.log(ollamaNative());`,
    kB: 2.5,
  },
  'the Responses API': {
    code: `import { responses } from './dist/dialects/index.js'; console.log(responses());`,
    kB: 4.3,
  },
  'a traced call': {
    code: `import { traced } from './dist/opentelemetry/index.js'; console.log(traced({}));`,
    kB: 1.9,
  },
  'joining again': {
    code: `import { resumable, resume$ } from './dist/resume/index.js'; console.log(resumable(), resume$);`,
    kB: 1.9,
  },
  'all servers': {
    code: `import * as servers from './dist/servers/index.js'; console.log(servers);`,
    kB: 1.2,
  },
  'the inspector': {
    code: `import { defineInspector, inspect } from './dist/inspector/index.js'; defineInspector(); inspect({});`,
    kB: 12.5,
  },
};

/**
 * kB of a single export, by its file in lib; the first matching pattern counts. `without` lists files of lib and peers that its
 * bundle must not contain.
 */
const sender = 'transport/fetchTransport';
const budgets = [
  // Half of a call reads what servers send amiss: lenient codecs, shapes of errors, hints, redaction.
  { from: /^call\/chatCompletion$/, kB: 27.8, without: ['transport/failures.js'] },
  { from: /^call\/removeRefusedFields$/, kB: 1.5, without: [sender, 'io-ts', 'fp-ts'] },
  { from: /^call\//, kB: 22.1 },
  { from: /^errors$/, kB: 0.7, without: [sender, 'io-ts', 'fp-ts', 'rxjs'] },
  { from: /^(request|servers)\//, kB: 0.6, without: [sender, 'io-ts', 'fp-ts', 'rxjs'] },
  { from: /^transport\/fetchTransport$/, kB: 5.2, without: ['io-ts', 'fp-ts'] },
  { from: /^(transport|sse|response)\//, kB: 3, without: ['io-ts', 'fp-ts'] },
  { from: /^node\//, kB: 6, without: [sender, 'io-ts', 'fp-ts'] },
  // A call, as models$.
  { from: /^dialects\/ollama\/(ollamaModels|pull)$/, kB: 21.8 },
  // With the default transport, and with what they share with a call: bodies of any kind, shapes of errors.
  { from: /^dialects\/ollama\//, kB: 11, without: ['io-ts'] },
  { from: /^dialects\/responses\//, kB: 16.5, without: ['io-ts'] },
  { from: /^decode\//, kB: 5.1, without: [sender, 'rxjs'] },
  { from: /^codec\//, kB: 2.5, without: [sender, 'rxjs'] },
  { from: /^schema\//, kB: 2.7, without: [sender, 'rxjs'] },
  { from: /^fold\//, kB: 4.2, without: [sender, 'io-ts', 'fp-ts', 'rxjs'] },
  { from: /^operators\/resilience\/policies$/, kB: 0.5, without: [sender, 'io-ts', 'fp-ts', 'rxjs'] },
  { from: /^operators\/resilience\/continueOnTruncation$/, kB: 5.1, without: [sender, 'io-ts'] },
  { from: /^operators\/structure\//, kB: 9.5, without: [sender] },
  { from: /^operators\//, kB: 4.8, without: [sender, 'io-ts'] },
  { from: /^state\//, kB: 6.1, without: [sender, 'io-ts'] },
  // Without a reader of incomplete JSON and without a builder of schemas: the two below have these.
  { from: /^tools\/runTools$/, kB: 11.7, without: [sender, 'json/JsonReader', 'schema/'] },
  { from: /^tools\/partialInputs$/, kB: 5.5, without: [sender] },
  // With the report of arguments that do not fit, most of which the loop has too.
  { from: /^tools\/tool$/, kB: 4.2, without: [sender] },
  // With the long lists and the joins of the fold, which an app shares with the loop.
  { from: /^tools\/(addToolEvent|toRunState)$/, kB: 4.2, without: [sender] },
  { from: /^tools\//, kB: 1.8, without: [sender] },
  // With the reducer, which every conversation has.
  { from: /^conversation\/persisted$/, kB: 8.7, without: [sender] },
  { from: /^conversation\//, kB: 5.4, without: [sender] },
  // More than half of it is what an app shares with a call: errors, waits, the fold of a completion.
  { from: /^relay\/relay$/, kB: 12.5, without: [sender, 'io-ts'] },
  // With the waits of a call, which a relay has.
  { from: /^relay\/log\//, kB: 3.8, without: [sender, 'io-ts', 'relay/relay'] },
  { from: /^relay\/redis\//, kB: 4.2, without: [sender, 'io-ts', 'fp-ts', 'relay/relay'] },
  { from: /^relay\//, kB: 3.4, without: [sender, 'io-ts'] },
  // A transport, with the parser of events and the rules of retries and of error bodies, which an app shares with a call.
  { from: /^resume\/resumable$/, kB: 14.9, without: ['io-ts', 'fp-ts', 'relay'] },
  { from: /^resume\//, kB: 28.6, without: ['relay'] },
  // A third of it is what counts as output, and the errors, which an app shares with a call.
  { from: /^opentelemetry\//, kB: 3.3, without: [sender, 'io-ts', 'fp-ts'] },
];

/** Leaves out what is imported later. */
const withoutLazyParts = {
  name: 'without-lazy-parts',
  setup: ({ onResolve }) =>
    onResolve({ filter: /./ }, ({ kind, path }) =>
      kind === 'dynamic-import' ? { path, external: true } : undefined,
    ),
};

let failed = false;

// Angular, the inspector and the testing kit are measured as entry points only.
const measured = entryPoints.filter(({ path }) => !/^\.\/(angular|inspector|testing)/.test(path));
for (const [name, { script, file }] of exportsIn(measured)) {
  const budget = budgets.find(({ from }) => from.test(file));
  if (budget === undefined) {
    fail(`${name} is in lib/${file}, which has no budget`);
    continue;
  }
  const bundle = await measureBundle(`export { ${name} } from '${script}';`, { platform: platformOf(file) });
  row(name, bundle, budget.kB);
  const unwanted = (budget.without ?? []).filter((part) =>
    bundle.parts.some((found) => found.startsWith(part)),
  );
  if (unwanted.length > 0) fail(`${name} contains ${unwanted.join(' and ')}`);
}

console.log('');
for (const { path, name, script } of entryPoints) {
  const bundle = await measureBundle(`export * from '${script}';`, { platform: platformOf(name) });
  row(name, bundle, entryPointBudgets[path] ?? entryPointBudgets.other);
}

const app = `
  import { accumulateContent, chatCompletion$ } from './dist/index.js';
  chatCompletion$({}, { model: 'any', messages: [] }).pipe(accumulateContent()).subscribe(console.log);`;
row('a streaming call', await measureBundle(app), budgets[0].kB);
row('a streaming call, peers included', await measureBundle(app, { external: [] }), appBudget);
const alone = await measureBundle(app);
for (const [name, { code, kB }] of Object.entries(additions)) {
  const both = await measureBundle(`${app}\n${code}`);
  const added = { minified: both.minified - alone.minified, gzipped: both.gzipped - alone.gzipped };
  row(`${name}, added to a call`, added, kB);
}
process.exitCode = failed ? 1 : 0;

/** Returns the names of entry points, each with its file in lib and the first entry point that exports it. */
function exportsIn(entries) {
  const found = new Map();
  for (const { script } of entries) {
    const folder = posix.dirname(script);
    const index = readFileSync(join(root, script), 'utf8');
    for (const [, names, path] of index.matchAll(/^import \{ (.+) \} from "(.+)\.js";$/gm)) {
      const file = posix.join(folder, path).replace(/^dist\//, '');
      for (const name of names.split(', ')) if (!found.has(name)) found.set(name, { script, file });
    }
  }
  if (!found.has('chatCompletion$'))
    throw new Error('no call is found: the bundler writes exports in another way');
  return found;
}

/** Where a file or an entry point runs. */
function platformOf(name) {
  return /\bnode\b|\bserver$/.test(name) ? 'node' : 'browser';
}

/** Returns the size in bytes, minified and gzipped, and the contents: files of lib and peers. */
async function measureBundle(contents, { external = peers, platform = 'browser' } = {}) {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: root },
    absWorkingDir: root,
    bundle: true,
    minify: true,
    format: 'esm',
    platform,
    target: 'es2022',
    external: [...external, 'node:*'],
    plugins: [withoutLazyParts],
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
