// Packs the package, installs the tarball as an app does, and streams an answer in every supported runtime, bundler and
// test runner. Unit tests resolve `fp-ts/Either` differently from Node's ES modules and bundlers, and neither type checkers
// nor package linters detect the difference.
//
//   npm run check:consumers                 everything
//   npm run check:consumers -- webpack 22   consumers whose names contain `webpack` or `22`
//   npm run check:consumers -- --strict     fails if a consumer is not available on this machine
//   npm run check:consumers -- --naive      imports `fp-ts/…` unchanged, which this check must reject
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { answer, startStreamServer } from './consumers/streamServer.mjs';
import { consumers, peerSets } from './consumers/consumers.mjs';
import { NotAvailable, tools } from './consumers/tools.mjs';
import { pack } from './pack.mjs';
import { run, runNpm } from './run.mjs';

const appSources = fileURLToPath(new URL('consumers/apps', import.meta.url));
const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const packageName = manifest.name;
const { values: options, positionals: filters } = parseArgs({
  allowPositionals: true,
  options: { strict: { type: 'boolean' }, naive: { type: 'boolean' } },
});
const concurrency = 2;

class Failure extends Error {}

const temporary = mkdtempSync(join(tmpdir(), 'check-consumers-'));
const server = await startStreamServer();
try {
  process.exitCode = (await check()) ? 0 : 1;
} finally {
  server.close();
  rmSync(temporary, { recursive: true, force: true });
}

async function check() {
  const { tarball } = pack(temporary);
  const chosen = consumers.filter(
    ({ name }) =>
      filters.length === 0 || filters.some((filter) => name.toLowerCase().includes(filter.toLowerCase())),
  );
  if (chosen.length === 0) throw new Error(`no consumer's name contains ${filters.join(' or ')}`);
  const rows = [];
  const installs = {};
  const appWith = (peers) =>
    (installs[peers] ??= runRow(`install, peers: ${peers}`, () => install(peers, tarball)).then((row) => {
      rows.push(row);
      return row.detail;
    }));
  const queue = chosen.entries(); // Shared by the workers.
  const worker = async () => {
    for (const [index, consumer] of queue) {
      const app = await appWith(consumer.peers ?? 'newest');
      rows.push(await runRow(consumer.name, () => consume(consumer, `consumer-${index}`, app)));
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return report(rows);
}

/** Runs a row of the matrix and prints the result. */
async function runRow(name, job) {
  const started = performance.now();
  const [outcome, detail] = await job().then(
    (detail) => ['ok', detail],
    (error) => [error instanceof NotAvailable ? 'not available' : 'FAILED', error],
  );
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const remark = outcome === 'not available' ? detail.message : outcome === 'ok' ? (detail.remark ?? '') : '';
  console.log(`${outcome.padEnd(13)}  ${name.padEnd(32)}  ${seconds.padStart(5)} s  ${remark}`.trimEnd());
  return { name, outcome, detail };
}

/**
 * Installs the tarball in an app's folder. npm adds the other peers in their newest versions. A workspace has them, so the tarball is
 * only unpacked there.
 */
async function install(peers, tarball) {
  const { versions = [], workspace, alone = false } = peerSets[peers];
  const above = join(temporary, peers.replaceAll(' ', '-'));
  const folder = join(above, 'app');
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, packageName), { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'app', private: true }));
  if (workspace) symlinkSync(await tools(workspace), join(above, 'node_modules'), 'junction');
  const quietly = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status, output } = workspace
    ? await run('tar', ['-xzf', tarball, '--strip-components=1', '-C', join(modules, packageName)])
    : await runNpm(['install', ...quietly, tarball, ...versions], { cwd: folder });
  if (status !== 0) throw new Failure(output);
  const peerModules = workspace ? join(above, 'node_modules') : modules;
  const expected = Object.keys(manifest.peerDependencies);
  // tslib comes with rxjs.
  const extras = readdirSync(modules).filter(
    (path) => !path.startsWith('.') && ![packageName, ...expected, 'tslib'].includes(path),
  );
  if (alone && extras.length > 0) throw new Failure(`installs more than peers: ${extras.join(', ')}`);
  if (options.naive) makeNaive(join(modules, packageName, 'dist'));
  const found = expected.filter((name) => existsSync(join(peerModules, name)));
  const versionOf = (name) =>
    JSON.parse(readFileSync(join(peerModules, name, 'package.json'), 'utf8')).version;
  return {
    folder,
    remark: found.map((name) => `${name} ${versionOf(name)}`).join(', '),
  };
}

/** Restores the import `fp-ts/Either`, as compilers emit it by default. */
function makeNaive(folder) {
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!/\.c?js$/.test(path)) continue;
    const file = join(folder, path);
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(/(['"])#fp-ts\//g, '$1fp-ts/'));
  }
}

/** Runs a consumer in a copy of the apps, inside the installed app's folder, so that imports resolve to the package. */
async function consume({ steps, folder = '.' }, slug, app) {
  if (app instanceof NotAvailable) throw app;
  if (app instanceof Error) throw new Failure('the package could not be installed');
  const { builds = [], warns = (output) => output !== '', runs = [], tests = [] } = await steps();
  const cwd = join(app.folder, slug);
  cpSync(join(appSources, folder), cwd, { recursive: true });
  const execute = async ([command, ...args], findFault) => {
    const env = { STREAM_SERVER: server.baseURLFor(slug), NO_COLOR: '1' };
    const { status, output } = await run(command, args, { cwd, env });
    const found = status === 0 ? findFault(output) : `exit code ${status}`;
    if (found) throw new Failure(`${found}: ${[basename(command), ...args].join(' ')}\n${output}`);
  };
  // A build must not print warnings.
  for (const command of builds)
    await execute(command, (output) => warns(output) && 'the build printed warnings');
  for (const command of [...runs, ...tests]) {
    await execute(command, (output) => {
      const streamed = [...output.matchAll(/(\d+) updates, last: (.*)/g)];
      const isComplete = ([, updates, last]) => Number(updates) > 1 && last === answer;
      return !(streamed.length > 0 && streamed.every(isComplete)) && 'it did not stream the answer';
    });
  }
  if (server.streamsTo(slug) < runs.length) throw new Failure('the server received no request');
  return {};
}

function report(rows) {
  const count = (outcome) => rows.filter((row) => row.outcome === outcome).length;
  for (const { name, outcome, detail } of rows) {
    if (outcome === 'FAILED')
      console.error(`\nFAILED ${name}\n${detail instanceof Failure ? detail.message : detail.stack}`);
  }
  console.log(
    `\n${rows.length} checks: ${count('ok')} ok, ${count('FAILED')} failed, ${count('not available')} not available`,
  );
  return count('FAILED') === 0 && !(options.strict && count('not available') > 0);
}
