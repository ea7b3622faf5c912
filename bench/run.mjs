// npm run bench: measures this library, the floors and the peers, and says which goals are met.
//
//   --only <workload>   that one (several may be named, with commas); docs/ stays as it is
//   --no-peers          this library and the floors alone; docs/ stays as it is
//   --rounds <n>        5 unless told otherwise; some workloads take fewer; with fewer docs/ stays as it is
//   --scale <factor>    below 1 for a try, with shorter streams; docs/ stays as it is
//   --short             instead of all that, half a minute of checks for a machine that looks after every commit
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';

import { judged } from './goals.mjs';
import { bundleKB } from './measure/bundle.mjs';
import { Failed, importedBy, measured } from './measure/inProcess.mjs';
import { writeDocument } from './report/document.mjs';
import { readResults, writeResults } from './report/results.mjs';
import { goalsTable, workloadTable } from './report/tables.mjs';
import { buildLibrary, installPeers, newestNode, suitsPeers, thisNode } from './setup.mjs';
import { short } from './short.mjs';
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

buildLibrary();
if (options.short) process.exitCode = await short(thisNode);
else await run();

async function run() {
  installPeers();
  const newest = newestNode();
  const older = Number.parseInt(thisNode.version.slice(1)) < Number.parseInt(newest.version.slice(1));
  const scale = Number(options.scale);
  const peers = options.peers && suitsPeers(newest);
  if (options.peers && !peers) process.stdout.write(`The peers need a newer Node than ${newest.version}.\n`);

  const wanted = options.only?.split(',');
  const all = workloadsOf({ scale, peers, older });
  const workloads = all.filter(({ name }) => wanted?.includes(name) ?? true);
  if (workloads.length === 0) {
    process.stderr.write(`No such workload. There are ${all.map(({ name }) => name).join(', ')}.\n`);
    process.exitCode = 2;
    return;
  }

  const inFull = peers && scale === 1;
  const results = (wanted && readResults(inFull)) ?? { workloads: {} };
  results.machine = { cpu: cpus()[0].model, cores: cpus().length, memoryGB: Math.round(totalmem() / 1e9) };

  const rightOf = readsRight(newest);
  for (const workload of workloads) {
    const node = workload.older ? thisNode : newest;
    const rounds = Math.min(Number(options.rounds), workload.rounds ?? Infinity);
    results.workloads[workload.name] = await roundsOf(workload, { node, rounds, rightOf });
    writeResults(results, inFull);
    process.stdout.write(`\n${workloadTable(workload.name, results.workloads[workload.name])}\n`);
  }

  const measuredNow = new Set(workloads.map(({ name }) => name));
  const judgements = judged(results).filter(({ workload }) => measuredNow.has(workload));
  process.stdout.write(`\n${goalsTable(judgements)}\n`);
  if (inFull && wanted === undefined && Number(options.rounds) >= 5) writeDocument(results);
}

/** All rounds of a workload; each begins with another job, so that none is always the first after a pause. */
async function roundsOf(workload, { node, rounds, rightOf }) {
  const result = {
    title: workload.title,
    base: workload.base ?? 'L2',
    node: node.version,
    when: new Date().toISOString(),
    rounds: [],
    failed: {},
  };
  let jobs = await prepared(workload, rightOf, result);
  for (let i = 0; i < rounds; i++) {
    const round = {};
    const at = (i * Math.ceil(jobs.length / rounds)) % Math.max(1, jobs.length);
    for (const job of [...jobs.slice(at), ...jobs.slice(0, at)]) {
      process.stderr.write(`\r\x1b[K${workload.name}, round ${i + 1} of ${rounds}: ${job.key}`);
      try {
        round[job.key] = await figuresOf(job, node);
      } catch (error) {
        if (!(error instanceof Failed)) throw error;
        result.failed[job.key] = error.message;
        // A peer that fails is a finding; this library or a floor that does is a fault.
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

function figuresOf(job, node) {
  switch (job.measure) {
    case 'import':
      return importedBy(job.modules, node);
    case 'bundle':
      return bundleKB(job.subject, job.external).then((kB) => ({ kB }));
    default:
      return measured(job, node);
  }
}

/** The jobs that can be done: those whose code there is, and recordings only with who reads them right. */
async function prepared(workload, rightOf, result) {
  const exported = await import('./subjects/built.mjs');
  let { jobs } = workload;
  for (const { key, needs } of jobs) {
    if (needs !== undefined && !(needs in exported)) result.failed[key] = `${needs} is not there yet`;
  }
  jobs = jobs.filter(({ key }) => !(key in result.failed));
  if (workload.whose === undefined) return jobs;

  const right = new Map();
  for (const { key } of jobs) right.set(key, await rightOf(key, Math.min(workload.times, 2)));
  const whose = workload.whose === 'library' ? ['L2', 'library'] : [...right.keys()];
  const names = whose
    .map((key) => right.get(key))
    .reduce((common, names) => common.filter((name) => names.includes(name)));
  for (const [key, read] of right) {
    const count = names.filter((name) => read.includes(name)).length;
    if (names.length === 0) result.failed[key] = 'there are no recordings';
    if (count < names.length) result.failed[key] = `reads ${count} of ${names.length} right`;
  }
  return jobs.filter(({ key }) => !(key in result.failed)).map((job) => ({ ...job, names }));
}

/** Which recordings each subject reads right, asked once. */
function readsRight(node) {
  const known = new Map();
  return async (subject, times) => {
    const key = `${subject} ${times}`;
    if (!known.has(key)) {
      process.stderr.write(`\r\x1b[Kwhich recordings are read right: ${subject}`);
      known.set(key, (await measured({ measure: 'check', subject, read: 16 * 1024, times }, node)).right);
    }
    return known.get(key);
  };
}
