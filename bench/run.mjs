// npm run bench: measures this library, the floors and the peers, and prints which goals are met.
//
//   --only <workload>   runs one workload, or several separated by commas
//   --no-peers          measures this library and the floors only
//   --rounds <n>        default 5; some workloads have fewer
//   --scale <factor>    below 1 for shorter streams
//   --short             runs checks of half a minute instead, for CI
//
// Only a full run with 5 rounds or more changes docs/.
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';

import { judgeGoals } from './goals.mjs';
import { bundleKB } from './measure/bundle.mjs';
import { Failed, measure, measureImport } from './measure/inProcess.mjs';
import { writeDocument } from './report/document.mjs';
import { readResults, writeResults } from './report/results.mjs';
import { goalsTable, workloadTable } from './report/tables.mjs';
import { buildLibrary, installPeers, newestNode, suitsPeers, thisNode } from './setup.mjs';
import { runShort } from './short.mjs';
import { workloadsOf } from './workloads.mjs';

const { values: options } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    only: { type: 'string' },
    peers: { type: 'boolean', default: true },
    rounds: { type: 'string', default: '5' },
    scale: { type: 'string', default: '1' },
  },
  allowNegative: true,
});

await buildLibrary();
if (options.short) process.exitCode = await runShort(thisNode);
else await run();

async function run() {
  installPeers();
  const newest = newestNode();
  const older = Number.parseInt(thisNode.version.slice(1)) < Number.parseInt(newest.version.slice(1));
  const scale = Number(options.scale);
  const peers = options.peers && suitsPeers(newest);
  if (options.peers && !peers) process.stdout.write(`The peers need a newer Node than ${newest.version}.\n`);

  const selected = options.only?.split(',');
  const all = workloadsOf({ scale, peers, older });
  const workloads = all.filter(({ name }) => selected?.includes(name) ?? true);
  if (workloads.length === 0) {
    process.stderr.write(`No such workload. There are ${all.map(({ name }) => name).join(', ')}.\n`);
    process.exitCode = 2;
    return;
  }

  const isFull = peers && scale === 1;
  const results = (selected && readResults(isFull)) ?? { workloads: {} };
  results.machine = { cpu: cpus()[0].model, cores: cpus().length, memoryGB: Math.round(totalmem() / 1e9) };

  const readableBy = findReadable(newest);
  for (const workload of workloads) {
    const node = workload.older ? thisNode : newest;
    const rounds = Math.max(
      Math.min(Number(options.rounds), workload.rounds ?? Infinity),
      workload.atLeast ?? 1,
    );
    results.workloads[workload.name] = await runRounds(workload, { node, rounds, readableBy });
    writeResults(results, isFull);
    process.stdout.write(`\n${workloadTable(workload.name, results.workloads[workload.name])}\n`);
  }

  const measuredNow = new Set(workloads.map(({ name }) => name));
  const judgements = judgeGoals(results).filter(({ workload }) => measuredNow.has(workload));
  process.stdout.write(`\n${goalsTable(judgements)}\n`);
  if (isFull && selected === undefined && Number(options.rounds) >= 5) writeDocument(results);
}

/** Runs all rounds of a workload. Each starts with another job, so that no job is always the first. */
async function runRounds(workload, { node, rounds, readableBy }) {
  const result = {
    title: workload.title,
    base: workload.base ?? 'L2',
    node: node.version,
    when: new Date().toISOString(),
    rounds: [],
    failed: {},
  };
  let jobs = await prepareJobs(workload, readableBy, result);
  for (let i = 0; i < rounds; i++) {
    const round = {};
    const at = (i * Math.ceil(jobs.length / rounds)) % Math.max(1, jobs.length);
    for (const job of [...jobs.slice(at), ...jobs.slice(0, at)]) {
      process.stderr.write(`\r\x1b[K${workload.name}, round ${i + 1} of ${rounds}: ${job.key}`);
      try {
        round[job.key] = await runJob(job, node);
      } catch (error) {
        if (!(error instanceof Failed)) throw error;
        result.failed[job.key] = error.message;
        // Failures of this library or a floor are errors; those of a peer are results.
        if (isOurs(job.key)) process.exitCode = 1;
      }
    }
    jobs = jobs.filter(({ key }) => !(key in result.failed));
    result.rounds.push(round);
  }
  process.stderr.write('\r\x1b[K');
  return result;
}

function isOurs(key) {
  return /^(library|L\d)\b/.test(key);
}

function runJob(job, node) {
  switch (job.measure) {
    case 'import':
      return measureImport(job.modules, node);
    case 'bundle':
      return bundleKB(job.subject, job.external).then((kB) => ({ kB }));
    default:
      return measure(job, node);
  }
}

/** Returns the jobs that can run. Recordings are read only by subjects that read them correctly. */
async function prepareJobs(workload, readableBy, result) {
  const exported = await import('./subjects/built.mjs');
  let { jobs } = workload;
  for (const { key, needs } of jobs) {
    if (needs !== undefined && !(needs in exported)) result.failed[key] = `${needs} is not exported yet`;
  }
  jobs = jobs.filter(({ key }) => !(key in result.failed));
  if (workload.whose === undefined) return jobs;

  const right = new Map();
  for (const { key } of jobs) right.set(key, await readableBy(key, Math.min(workload.times, 2)));
  const whose = workload.whose === 'library' ? ['L2', 'library'] : [...right.keys()];
  const names = whose
    .map((key) => right.get(key))
    .reduce((common, names) => common.filter((name) => names.includes(name)));
  for (const [key, read] of right) {
    const count = names.filter((name) => read.includes(name)).length;
    if (names.length === 0) result.failed[key] = 'there are no recordings';
    if (count < names.length) result.failed[key] = `reads ${count} of ${names.length} correctly`;
  }
  return jobs.filter(({ key }) => !(key in result.failed)).map((job) => ({ ...job, names }));
}

/** Returns a function that finds the recordings that a subject reads correctly. Results are cached. */
function findReadable(node) {
  const known = new Map();
  return async (subject, times) => {
    const key = `${subject} ${times}`;
    if (!known.has(key)) {
      process.stderr.write(`\r\x1b[Kchecking recordings: ${subject}`);
      known.set(key, (await measure({ measure: 'check', subject, read: 16 * 1024, times }, node)).right);
    }
    return known.get(key);
  };
}
