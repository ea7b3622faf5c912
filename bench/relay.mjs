// node bench/relay.mjs: measures relays between a model's server and its readers, on loopback.
//
//   --streams 100    streams at a time
//   --events 300     events of each
//   --rounds 3       rounds; every round measures all relays, and the median counts
//   --open 1000      streams that are open at a time for the memory and at 10 events a second
//   --only relay     relays whose names contain this
//   --write          writes the table to docs/performance.md
//
// Closed loop: the next event of a stream is sent when its reader has the last one, so nothing is sent in one read however busy the
// machine is. CPU time is a ratio to that of the model's server and the readers together, in the same window.
import { fork } from 'node:child_process';
import { availableParallelism, loadavg } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { openReader, startModel } from './relay/harness.mjs';
import { relays } from './relay/relays.mjs';
import { writeParts } from './report/performancePage.mjs';
import { buildLibrary, installPeers, newestNode } from './setup.mjs';

const { values } = parseArgs({
  options: {
    streams: { type: 'string', default: '100' },
    events: { type: 'string', default: '300' },
    rounds: { type: 'string', default: '3' },
    open: { type: 'string', default: '1000' },
    only: { type: 'string', default: '' },
    write: { type: 'boolean', default: false },
  },
});
const [streams, events, rounds, open] = ['streams', 'events', 'rounds', 'open'].map((name) =>
  Number(values[name]),
);
const MIB = 2 ** 20;
const PAUSED_BYTES = 20_000_000;

installPeers();
await buildLibrary();
const node = newestNode();
const model = await startModel();
const names = Object.keys(relays).filter((name) => name.includes(values.only));
const figures = new Map(names.map((name) => [name, { ratios: [] }]));
const loadBefore = loadavg()[0];

for (let round = 1; round <= rounds; round += 1) {
  for (const name of names) {
    process.stderr.write(`\r\x1b[Kround ${round} of ${rounds}: ${name}`);
    await withRelay(name, async (relay) => {
      await closedLoop(relay, Math.ceil(events / 5)); // Warms up.
      figures.get(name).ratios.push(await closedLoop(relay, events));
    });
  }
}
for (const name of names) {
  process.stderr.write(`\r\x1b[K${open} open streams: ${name}`);
  await withRelay(name, async (relay) => Object.assign(figures.get(name), await openStreams(relay)));
  process.stderr.write(`\r\x1b[Ka paused reader: ${name}`);
  await withRelay(name, async (relay) => Object.assign(figures.get(name), await pausedReader(relay)));
}
process.stderr.write('\r\x1b[K');
model.close();
const table = document();
process.stdout.write(table);
if (values.write) writeParts({ relay: table });

/** Starts a relay in a process of its own. */
async function withRelay(name, job) {
  const child = fork(fileURLToPath(new URL('relay/server.mjs', import.meta.url)), [name, model.baseURL], {
    execPath: node.path,
    execArgv: ['--expose-gc'],
  });
  const next = () => new Promise((resolve) => child.once('message', resolve));
  const { port } = await next();
  const usage = () => {
    const answer = next();
    child.send('usage');
    return answer;
  };
  try {
    await job({ port, usage });
  } finally {
    child.kill();
  }
}

/** Returns the CPU time of the relay over that of this process. */
async function closedLoop({ port, usage }, count) {
  const before = await usage();
  const own = process.cpuUsage();
  await Promise.all(
    Array.from({ length: streams }, (_, i) => {
      const id = `${i}`;
      let received = 0;
      return new Promise((resolve) => {
        openReader(
          port,
          id,
          (deltas) => {
            received += deltas;
            if (received < count) model.send(id);
            else model.end(id);
          },
          resolve,
        );
      });
    }),
  );
  const { user, system } = process.cpuUsage(own);
  const after = await usage();
  return (after.cpu - before.cpu) / (user + system);
}

/** Opens streams, measures their memory, sends 10 events a second to each for a while, and leaves. */
async function openStreams({ port, usage }) {
  await closedLoop({ port, usage }, 20);
  const before = await usage();
  const sentAt = new Map();
  const delays = [];
  let received = 0;
  const ids = Array.from({ length: open }, (_, i) => `open-${i}`);
  const readers = [];
  for (const id of ids) {
    readers.push(
      openReader(port, id, (deltas) => {
        received += deltas;
        if (sentAt.has(id)) delays.push(performance.now() - sentAt.get(id));
      }),
    );
    if (readers.length % 50 === 0) await until(() => received >= readers.length);
  }
  await until(() => received >= open);
  const during = await usage();
  const SECONDS = 10;
  const cpu = (await usage()).cpu;
  const started = performance.now();
  for (let tick = 0; tick < SECONDS * 100; tick += 1) {
    for (let i = tick % 10; i < open; i += 10) {
      sentAt.set(ids[i], performance.now());
      model.send(ids[i]);
    }
    await wait(Math.max(0, started + (tick + 1) * 10 - performance.now()));
  }
  await until(() => received >= open * (1 + SECONDS * 10), 5_000);
  const seconds = (performance.now() - started) / 1_000;
  const after = await usage();
  const leaving = performance.now();
  for (const reader of readers) reader.destroy();
  await until(() => model.open() === 0);
  const closedMs = performance.now() - leaving;
  delays.sort((a, b) => a - b);
  return {
    held: (during.held - before.held) / open / 1024,
    cores: (after.cpu - cpu) / 1e6 / seconds,
    delay: [delays[Math.floor(delays.length / 2)], delays[Math.floor(delays.length * 0.99)]],
    lost: open * (1 + SECONDS * 10) - received,
    closedMs,
  };
}

/** Returns how much memory a reader costs that does not read an answer of 20 MB. */
async function pausedReader({ port, usage }) {
  await closedLoop({ port, usage }, 20);
  const before = await usage();
  const reader = openReader(port, 'paused', () => reader.response.pause());
  await until(() => reader.response?.isPaused());
  const sent = model.flood('paused', PAUSED_BYTES);
  let [last, most] = [-1, 0];
  // Until the model can send no more for a second.
  while (last !== sent()) {
    last = sent();
    await wait(1_000);
    most = Math.max(most, (await usage()).rss);
  }
  reader.destroy();
  await until(() => model.open() === 0);
  return { paused: (most - before.rss) / MIB, taken: sent() / PAUSED_BYTES };
}

async function until(condition, ms = 60_000) {
  const started = performance.now();
  while (!condition() && performance.now() - started < ms) await wait(5);
}

function document() {
  const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
  const fetchPipe = figures.get('bare fetch pipe');
  const base = fetchPipe && median(fetchPipe.ratios);
  const row = (...cells) => `| ${cells.join(' | ')} |\n`;
  const rows = [...figures].map(([name, { ratios, held, cores, delay, lost, closedMs, paused, taken }]) =>
    row(
      name,
      median(ratios).toFixed(2),
      base === undefined ? '' : (median(ratios) / base).toFixed(2),
      `${held.toFixed(0)} kB`,
      `${cores.toFixed(2)}${lost > 0 ? `, ${lost} lost` : ''}`,
      `${delay[0].toFixed(1)} / ${delay[1].toFixed(0)} ms`,
      `${closedMs.toFixed(0)} ms`,
      `${paused.toFixed(0)} MB (${(100 * taken).toFixed(0)} % sent)`,
    ),
  );
  const date = new Date().toISOString().slice(0, 10);
  return [
    `Measured on ${date} with Node ${node.version} on ${availableParallelism()} cores; the load was ${loadBefore.toFixed(1)} before`,
    ` and ${loadavg()[0].toFixed(1)} at the end. ${streams} streams of ${events} events, ${rounds} rounds.\n\n`,
    row(
      'relay',
      'CPU, harness = 1',
      'CPU, fetch pipe = 1',
      'an open stream',
      `cores, ${open} × 10/s`,
      'delay, p50 / p99',
      `${open} leave`,
      'paused reader, 20 MB',
    ),
    row('---', '---', '---', '---', '---', '---', '---', '---'),
    ...rows,
  ].join('');
}
