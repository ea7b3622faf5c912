// node bench/toolLoops.mjs: runs the tool loops of this library and of its peers in the same situations, and prints what happened.
//
//   --write   writes docs/tool-loops.md
//
// Every loop runs in its own process, against a scripted server on loopback. Each figure is counted: requests by the server, runs
// by the tool.
import { fork } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { dayOf } from './report/day.mjs';
import { buildLibrary, installPeers, newestNode } from './setup.mjs';
import { describe, loops } from './toolLoops/loops.mjs';
import { situations } from './toolLoops/situations.mjs';

/** Milliseconds: a run of the slow tool, the time to the abort, a run that does not end, and the wait for late requests. */
const TOOL_MS = 500;
const ABORT_MS = 50;
const PATIENCE_MS = 10_000;
const SETTLE_MS = 800;
const LIMIT = 10;
/** Most characters of a text in the table. */
const SHOWN = 100;

/** Runs one loop in one situation, in this process. */
async function observe({ loop: id, situation: name }) {
  const { startScriptedServer } = await import('../dist/testing/server.js');
  const { loop } = loops.find((each) => each.id === id);
  const { replies, tool = 'works', usesSignal = true, limit } = situations.find((each) => each.id === name);
  const server = await startScriptedServer({ replies });
  const user = new AbortController();
  const runs = [];
  let unhandled = 0;
  process.on('unhandledRejection', () => (unhandled += 1));

  /** The tool. Its runs are recorded, and how each ended. */
  const weather = async (input, signal) => {
    const run = { input: JSON.stringify(input) ?? 'undefined', end: 'still running' };
    runs.push(run);
    if (tool === 'throws') {
      run.end = 'threw';
      throw new Error('no connection');
    }
    if (tool === 'waits') {
      setTimeout(() => user.abort(), ABORT_MS);
      try {
        await wait(TOOL_MS, undefined, usesSignal ? { signal } : {});
      } catch (error) {
        run.end = 'was stopped by its signal';
        throw error;
      }
    }
    run.end = 'ran to its end';
    return '7 °C';
  };

  const run = { baseURL: server.baseURL, signal: user.signal, weather, limit: limit ? LIMIT : undefined };
  const ended = await Promise.race([
    loop(run).catch((error) => [`rejected with ${code(describe(error))}`]),
    wait(PATIENCE_MS, [`no end after ${PATIENCE_MS / 1_000} s`]),
  ]);
  await wait(0); // A tool that was stopped has ended by now.
  if (runs.some(({ end }) => end === 'still running')) ended.push('while the tool still runs');
  await wait(SETTLE_MS);
  const requests = server.requests.filter(({ url }) => url.endsWith('/chat/completions'));
  await server.close();
  return { requests: requests.length, runs, told: toldIn(requests[1]), ended, unhandled };
}

/** The contents of the tool messages in a request; `undefined` without a request. */
function toldIn(request) {
  return request?.body.messages.filter(({ role }) => role === 'tool').map(({ content }) => textOf(content));
}

const textOf = (content) => (typeof content === 'string' ? content : JSON.stringify(content));

function measure(job, node) {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(import.meta.url), [], {
      execPath: node.path,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`exit code ${code}`)));
    child.send(job);
  });
}

async function main() {
  const { values } = parseArgs({ options: { write: { type: 'boolean', default: false } } });
  await buildLibrary();
  installPeers();
  const node = newestNode();
  const sections = [];
  for (const situation of situations) {
    const rows = [];
    for (const { id, title, only } of loops) {
      if (only !== undefined && only !== situation.id) continue;
      process.stderr.write(`\r\x1b[K${situation.id}: ${id}`);
      rows.push([title, ...cellsOf(await measure({ loop: id, situation: situation.id }, node))]);
    }
    sections.push(`## ${situation.title}\n\n${situation.about}\n\n${table([HEADER, ...rows])}`);
  }
  process.stderr.write('\r\x1b[K');
  const page = pageOf(sections, node);
  process.stdout.write(page);
  if (!values.write) return;
  const file = fileURLToPath(new URL('../docs/tool-loops.md', import.meta.url));
  writeFileSync(file, page);
}

const HEADER = ['', 'requests', 'tool runs', 'result sent to the model', 'end of the run'];

function cellsOf({ requests, runs, told, ended, unhandled }) {
  const ends = unhandled > 0 ? [...ended, `${unhandled} unhandled rejections`] : ended;
  return [String(requests), runsOf(runs), (told ?? []).map(code).join(', ') || 'none', ends.join(', ')];
}

/** Describes equal runs once, with their number. */
function runsOf(runs) {
  if (runs.length === 0) return '0';
  const kinds = new Set(runs.map(({ input, end }) => `with ${code(input)}, ${end}`));
  return `${runs.length} ${[...kinds].join('; ')}`;
}

function code(text) {
  const line = text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|').replaceAll('`', "'");
  return line === '' ? '(empty)' : `\`${line.length > SHOWN ? `${line.slice(0, SHOWN)}…` : line}\``;
}

/** Formats a Markdown table as Prettier does. */
function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(3, ...rows.map((row) => row[column].length)));
  const lines = rows.map(
    (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`,
  );
  return [lines[0], `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...lines.slice(1)].join(
    '\n',
  );
}

function pageOf(sections, node) {
  const versions = loops
    .filter((loop) => loop.package !== undefined)
    .map((loop) => `${loop.package} ${versionIn(`node_modules/${loop.package}/package.json`)}`);
  return `# Tool loops compared

A tool loop sends a request, runs the tools that the model calls, and sends the results in the next request. This page shows what
the loops of four libraries do when something goes wrong. Every cell was observed: the server counts the requests, and the tool counts
its runs. The server is a script on loopback, and the model behind it answers as soon as it has a result.

Observed on ${dayOf(new Date())} with Node ${node.version.slice(1)}: this library ${versionIn('../package.json')}, ${versions.join(', ')}. Tools
are declared as each library documents it: with io-ts here, with zod for openai and the AI SDK, and as a JSON Schema for xsai. Unless a
section states otherwise, each loop has a limit of ${LIMIT} requests.

_Unhandled rejections_ are those of further promises of the result, which the caller did not await. By default, one of them ends a
Node process.

Repeat it with \`node bench/toolLoops.mjs\`; \`--write\` writes this page.

${sections.join('\n\n')}
`;
}

const versionIn = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')).version;

if (process.send === undefined) await main();
else
  process.once('message', (job) => void observe(job).then((row) => process.send(row, () => process.exit())));
