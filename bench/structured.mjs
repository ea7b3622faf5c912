// npm run bench:structured: measures typed JSON while it is written, of several shapes and sizes, beside the parsers of two other
// libraries.
//
//   --rounds <n>   5 by default; the median counts
//   --no-peers     only this library
//   --write        writes the tables and the chart to docs/performance.md
//
// Every job runs in a process of its own. It feeds each delta and takes each partial value that is offered. CPU time is that of
// user and system together, compiling and garbage collection included. Memory is the peak of the process, less what it takes before
// it reads: most of that is the garbage that V8 allows before it collects.
import { fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const MB = 1_000_000;

const item = (i) => ({
  id: i,
  name: `Person ${i}`,
  kind: i % 2 === 0 ? 'reader' : 'writer',
  born: 1900 + (i % 100),
  tags: ['a', 'b'],
  note: 'Some words of a life, and some more. ',
});

/** What is written, by the letter that the design calls it. */
const shapes = {
  A: {
    title: 'list of objects',
    make: (size) => ({ people: Array.from({ length: size / 130 }, (_, i) => item(i)) }),
  },
  C: { title: 'one string', make: (size) => ({ text: 'word '.repeat(size / 5) }) },
  D: {
    title: 'flat list of numbers',
    make: (size) => ({ numbers: Array.from({ length: size / 6.6 }, (_, i) => i) }),
  },
  E: {
    title: 'flat object',
    make: (size) => ({
      fields: Object.fromEntries(
        Array.from({ length: size / 75 }, (_, i) => [`field ${i}`, `${i} ${'x'.repeat(50)}`]),
      ),
    }),
  },
};

/** A job: `limits` are the bars for it, in ms of CPU time and MB. */
const jobs = [
  { name: 'A', shape: 'A', size: MB, limits: { ms: 500, MB: 60 } },
  { name: 'B', shape: 'A', size: MB / 10, limits: { ms: 100, MB: 60 } },
  { name: 'C', shape: 'C', size: MB, limits: { ms: 500, MB: 60 } },
  { name: 'D', shape: 'D', size: MB, limits: { ms: 600, MB: 60 } },
  { name: 'E', shape: 'E', size: 0.9 * MB, limits: { ms: 600, MB: 60 } },
];
/** The cost of twice the text, as a multiple. */
const GROWTH = 2.6;
/** About 50 characters a delta, as OpenAI sends them; of the small one 20. */
const deltaOf = (size) => (size < MB / 2 ? 20 : 50);

const titles = { library: 'this library', openai: "openai's parser", ai: 'Vercel AI SDK' };

/** Deltas that are read before, so that the code is compiled. */
const WARM_UP = 5_000;

const subjects = {
  async library() {
    const t = await import('io-ts');
    const { endWith, from, map } = await import('rxjs');
    const right = (value) => ({ _tag: 'Right', right: value });
    const { structured } = await import('../dist/bundled/structured/index.js');
    const Person = t.type({
      id: t.Int,
      name: t.string,
      kind: t.keyof({ reader: null, writer: null }),
      born: t.Int,
      tags: t.array(t.string),
      note: t.string,
    });
    const codec = t.partial({
      people: t.array(Person),
      text: t.string,
      numbers: t.array(t.number),
      fields: t.record(t.string, t.string),
    });
    return (deltas) => {
      const end = right({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });
      const chunk$ = from(deltas).pipe(
        map((content) => right({ choices: [{ index: 0, delta: { content } }] })),
        endWith(end),
      );
      return () => {
        let shown = 0;
        let result = null;
        chunk$.pipe(structured(codec)).subscribe((each) => {
          shown += 1;
          ({ result } = each);
        });
        if (result === null) throw new Error('no result');
        return shown;
      };
    };
  },
  async ai() {
    const { parsePartialJson } = await import('ai');
    return (deltas) => async () => {
      let text = '';
      let shown = 0;
      for (const delta of deltas) {
        text += delta;
        if ((await parsePartialJson(text)).value !== undefined) shown += 1;
      }
      return shown;
    };
  },
  async openai() {
    const { partialParse } = await import('openai/_vendor/partial-json-parser/parser');
    return (deltas) => () => {
      let text = '';
      let shown = 0;
      for (const delta of deltas) {
        text += delta;
        try {
          partialParse(text);
          shown += 1;
        } catch {
          // Not yet.
        }
      }
      return shown;
    };
  },
};

const number = (value) => Math.round(value).toLocaleString('en');

if (process.send !== undefined) {
  process.once(
    'message',
    (job) => void work(job).then((figures) => process.send(figures, () => process.exit())),
  );
} else {
  await main();
}

/** Measures one job in this process. */
async function work({ subject, shape, size }) {
  const text = JSON.stringify(shapes[shape].make(size));
  const deltas = text.match(new RegExp(`[^]{1,${deltaOf(size)}}`, 'g'));
  const run = (await subjects[subject]())(deltas);
  const warmUp = (await subjects[subject]())(deltas.slice(0, WARM_UP));
  await warmUp();
  const idle = process.resourceUsage().maxRSS;
  const before = process.cpuUsage();
  const shown = await run();
  const { user, system } = process.cpuUsage(before);
  const { maxRSS } = process.resourceUsage();
  return {
    ms: (user + system) / 1_000,
    MB: (maxRSS - idle) / 1_000,
    shown,
    deltas: deltas.length,
    characters: text.length,
  };
}

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

/** The figures of the run with the median CPU time. */
async function medianOf(job, rounds, node) {
  const figures = [];
  for (let i = 0; i < rounds; i++) figures.push(await measure(job, node));
  return figures.sort((a, b) => a.ms - b.ms)[Math.floor(rounds / 2)];
}

/** Measures this library against its limits. */
async function judge(rounds, node) {
  const rows = [];
  for (const { name, shape, size, limits } of jobs) {
    const job = { subject: 'library', shape, size };
    const once = await medianOf(job, rounds, node);
    const twice = await medianOf({ ...job, size: 2 * size }, rounds, node);
    const growth = twice.ms / once.ms;
    const isMet = once.ms <= limits.ms && once.MB <= limits.MB && growth < GROWTH;
    if (!isMet) process.exitCode = 1;
    rows.push([
      `${name}: ${shapes[shape].title}`,
      number(once.characters),
      number(once.deltas),
      number(once.shown),
      `${number(once.ms)} of ${limits.ms}`,
      `${number(once.MB)} of ${limits.MB}`,
      growth.toFixed(2),
      isMet ? 'yes' : '**no**',
    ]);
  }
  return [
    [
      'shape',
      'characters',
      'deltas',
      'partial values',
      'CPU, ms',
      'memory, MB',
      'cost of twice the text',
      'limits met',
    ],
    ...rows,
  ];
}

/** Measures each shape at 100 KB, of all subjects. Those of seconds once, because their spread does not matter. */
async function compare(ids, rounds, node) {
  const rows = [];
  for (const [shape, { title }] of Object.entries(shapes)) {
    const [ms, shown] = [{}, {}];
    for (const subject of ids) {
      const figures = await medianOf(
        { subject, shape, size: MB / 10 },
        subject === 'library' ? rounds : 1,
        node,
      );
      ms[subject] = figures.ms;
      shown[subject] = figures.shown;
    }
    rows.push({ title, ms, shown });
  }
  return rows;
}

async function main() {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '5' },
      peers: { type: 'boolean', default: true },
      write: { type: 'boolean', default: false },
    },
    allowNegative: true,
  });
  // Not in the processes that measure.
  const { buildLibrary, installPeers, newestNode } = await import('./setup.mjs');
  const { drawStructuredChart } = await import('./report/structuredChart.mjs');
  const { markdownTable } = await import('./report/tables.mjs');
  await buildLibrary();
  if (values.peers) installPeers();
  const node = newestNode();
  const rounds = Number(values.rounds);
  const ids = values.peers ? Object.keys(titles) : ['library'];

  const own = markdownTable(await judge(rounds, node));
  const rows = await compare(ids, rounds, node);
  const compared = markdownTable([
    ['100 KB', ...ids.map((id) => `${titles[id]}, ms`), ...ids.map((id) => `${titles[id]}, values`)],
    ...rows.map(({ title, ms, shown }) => [
      title,
      ...ids.map((id) => number(ms[id])),
      ...ids.map((id) => number(shown[id])),
    ]),
  ]);
  process.stdout.write(`${own}\n\n${compared}\n`);
  if (!values.write) return;
  const { dayOf } = await import('./report/day.mjs');
  const { writeParts } = await import('./report/performancePage.mjs');
  const machine = `Measured on ${dayOf(new Date())}: Node ${node.version.slice(1)}, ${cpus()[0].model}, ${cpus().length} cores, ${rounds} rounds.`;
  writeParts({ structured: [machine, own, compared].join('\n\n') });
  writeFileSync(new URL('../docs/structured.svg', import.meta.url), drawStructuredChart(rows, titles));
}
