// Writes the figures of the last full run to docs/performance.md, and the chart beside it. Can also run alone:
// node bench/report/document.mjs
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { judgeGoals } from '../goals.mjs';
import { subjects } from '../subjects/index.mjs';
import { drawChart } from './chart.mjs';
import { dayOf } from './day.mjs';
import { writeParts } from './performancePage.mjs';
import { readResults } from './results.mjs';
import { over, ratio } from './statistics.mjs';
import { markdownTable, rowsOf } from './tables.mjs';

const docs = new URL('../../docs/', import.meta.url);

/** The questions of a user, and the figure that answers each. */
const SUMMARY = {
  'CPU time per chunk, L2 = 1': ({ 'reads-16k': run }, id) =>
    median(run && ratio(run, id, 'L2', 'nsPerEvent')),
  'CPU time per chunk, text accumulated': ({ text }, id) =>
    median(text && over(text, `${id} 100000`, 'nsPerEvent'), (ns) => `${(ns / 1000).toFixed(1)} µs`),
  'peak heap for a million chunks': ({ 'million-heap': run }, id) =>
    median(run && over(run, id, 'peakMB'), (MB) => `${MB.toFixed(0)} MB`),
  'delay of a chunk, median': ({ 'delay-1': run }, id) =>
    median(run && over(run, id, 'delayP50Ms'), (ms) => `${ms.toFixed(2)} ms`),
  'time to the first text, median': ({ 'delay-1': run }, id) =>
    median(run && over(run, id, 'firstP50Ms'), (ms) => `${ms.toFixed(2)} ms`),
  'bundle of one call, minified and gzipped': ({ bundle }, id) =>
    median(bundle && over(bundle, id, 'kB'), (kB) => `${kB.toFixed(0)} kB`),
  'chunks validated': (_, id) => subjects.find((subject) => subject.id === id)?.validates ?? 'no',
};

const median = (spread, show = (value) => value.toFixed(2)) => spread && show(spread.median);

/** The generated parts of the document, by the name of their markers. */
const parts = {
  summary: (results) => {
    const columns = subjects.filter(({ id }) =>
      ['library', 'ollama', 'xsai', 'openai', 'langchain', 'ai-sdk'].includes(id),
    );
    const rows = Object.entries(SUMMARY).map(([question, figureOf]) => [
      question,
      ...columns.map(({ id }) => figureOf(results.workloads, id) ?? ''),
    ]);
    return markdownTable([['', ...columns.map(({ title }) => title)], ...rows]);
  },
  machine: ({ machine, workloads }) => {
    const first = workloads['reads-16k'];
    const older = workloads['older-node'];
    const besides = older === undefined ? '' : `, at the end ${older.node.slice(1)}`;
    return `Measured on ${dayOf(new Date(first.when))}: Node ${first.node.slice(1)}${besides}; ${machine.cpu}, ${machine.cores} cores, ${first.rounds.length} rounds.`;
  },
  goals: (results) => {
    const judgements = judgeGoals(results);
    const rows = judgements.map(({ of, goal, measured, met }) => [
      of,
      goal,
      measured ?? 'not measured',
      met === undefined ? '' : met ? 'yes' : '**no**',
    ]);
    const count = judgements.filter(({ met }) => met).length;
    return `${markdownTable([['', 'goal', 'measured', 'met'], ...rows])}\n\n${count} of ${judgements.length} goals are met.`;
  },
  streams: ratios({
    '16 KB reads': 'reads-16k',
    'one event a read': 'reads-event',
    '7-byte reads': 'reads-7',
    'every chunk different': 'unlike',
    'every chunk parsed': 'parsed',
    '1,000,000 events': 'million',
    'the first 1,000 of a process': 'cold',
  }),
  recorded: (results) =>
    [
      ratios({
        'one call each': 'recorded',
        'read correctly by all': 'recorded-common',
        'twenty times in one call': 'recorded-long',
      })(results),
      notes(results, 'recorded'),
      countRecordings(results),
    ].join('\n\n'),
  text: table('text'),
  completion: table('completion'),
  state: table('state'),
  'tool-call': table('tool-call'),
  'tool-call-cold': table('tool-call-cold'),
  call: table('call'),
  'million-heap': table('million-heap'),
  'slow-consumer': table('slow-consumer'),
  'delay-1': table('delay-1'),
  'delay-200': table('delay-200'),
  import: table('import'),
  bundle: table('bundle'),
  'older-node': table('older-node'),
};

function table(name) {
  return (results) => {
    const workload = results.workloads[name];
    if (workload === undefined) return 'Not measured.';
    const { header, rows } = rowsOf(name, workload);
    return [markdownTable([header, ...rows]), notes(results, name)].join('\n\n').trim();
  };
}

/** A table of several workloads: the ratio to L2, with the range of the rounds. */
function ratios(columns) {
  return ({ workloads }) => {
    const rows = subjects.map(({ id, title, validates = '' }) => [
      title,
      ...Object.values(columns).map((name) => {
        const cost = workloads[name] && ratio(workloads[name], id, 'L2', 'nsPerEvent');
        return cost === undefined
          ? ''
          : `${cost.median.toFixed(2)} (${cost.least.toFixed(2)} – ${cost.most.toFixed(2)})`;
      }),
      validates,
    ]);
    const measured = rows.filter((row) => row.slice(1, -1).some((cell) => cell !== ''));
    return markdownTable([['', ...Object.keys(columns), 'validates'], ...measured]);
  };
}

/** Returns the number of recordings. */
function countRecordings({ workloads }) {
  const [alone, common] = ['recorded', 'recorded-common'].map(
    (name) => workloads[name]?.rounds[0]?.L2?.streams,
  );
  return `${alone ?? 'No'} recordings are read with one call each. All subjects read ${common ?? 'none'} of them.`;
}

/** Lists the subjects that were not measured, with the reason. */
function notes({ workloads }, name) {
  if (workloads[name] === undefined) return '';
  return rowsOf(name, workloads[name])
    .failed.map(([title, reason]) => `- ${title}: ${reason}`)
    .join('\n');
}

/** @param results - Of a full run. */
export function writeDocument(results) {
  writeParts(Object.fromEntries(Object.entries(parts).map(([name, partOf]) => [name, partOf(results)])));

  const rows = subjects.map(({ id, title, validates }) => [
    id,
    validates && id !== 'L3' ? `${title} (${validates})` : title,
  ]);
  writeFileSync(fileURLToPath(new URL('performance.svg', docs)), drawChart(results, rows));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const results = readResults();
  if (results === undefined) throw new Error('No results of a full run. Run npm run bench.');
  writeDocument(results);
}
