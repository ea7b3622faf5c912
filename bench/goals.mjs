// The performance goals, each a number and its limit.
import { isPeer, subjects } from './subjects/index.mjs';
import { difference, over, ratio } from './report/statistics.mjs';

const factor = (value) => `${value.toFixed(2)} × L2`;
const times = (value) => `× ${value.toFixed(2)}`;
// Without a minus sign before zero.
const MB = (value) => `${(Math.round(value * 10) / 10 || 0).toFixed(1)} MB`;
const kB = (value) => `${value.toFixed(1)} kB`;
const ms = (value) => `${value.toFixed(2)} ms`;

/** CPU time as a multiple of L2, the floor with JSON.parse. */
const toL2 = (workload, of, limit, key = 'library', base = 'L2') => ({
  workload,
  of,
  limit,
  show: factor,
  value: (result) => ratio(result, key, base, 'nsPerEvent'),
});

const growth = (workload, of, limit) => ({
  workload,
  of: `${of}: cost of a chunk of 100,000, relative to one of 1,000`,
  limit,
  show: times,
  value: (result) => ratio(result, 'library 100000', 'library 1000', 'nsPerEvent'),
});

/** The first event of the calls 100 to 300, above the floor by fetch. */
const firstToken = (how, key, limit) => ({
  workload: 'delay-1',
  of: `first token ${how}: above L2`,
  limit,
  show: ms,
  value: (result) => difference(result, key, 'L2', 'firstP50Ms'),
});

/** A figure of 200 streams, as a multiple of the floor by fetch. */
const load = (what, how, key, figure, limit) => ({
  workload: 'delay-200',
  of: `200 streams ${how}: ${what}`,
  limit,
  show: factor,
  value: (result) => ratio(result, key, 'L2', figure),
});

export const goals = [
  toL2('reads-16k', '100,000 chunks, 16 KB reads', 0.45),
  toL2('reads-event', '100,000 chunks, one event a read', 0.7),
  toL2('reads-7', '100,000 chunks, 7-byte reads', 0.75),
  toL2('recorded', 'recorded streams, one call each', 1.5),
  toL2('recorded-long', 'recorded streams, twenty times in one call', 0.9),
  {
    workload: 'recorded-common',
    of: 'recorded streams, relative to the cheapest peer',
    limit: 1,
    below: true,
    show: times,
    value: (result) => ratio(result, 'library', cheapestPeer(result), 'nsPerEvent'),
  },
  toL2('unlike', 'every chunk different', 1.1),
  toL2('cold', 'the first 1,000 chunks of a process', 2),
  toL2('text', 'accumulateContent of 100,000 chunks', 0.8, 'library 100000', 'L2 100000'),
  toL2('tool-call', 'a tool call of 20,000 fragments', 0.6, 'library 20000', 'L2 20000'),
  toL2('tool-call-cold', 'the first tool call of a process, 1,000 fragments', 1.8),
  {
    workload: 'text',
    of: 'accumulateContent, relative to the stream alone',
    limit: 1.15,
    show: times,
    value: (result) => ratio(result, 'library 100000', 'library chunks', 'nsPerEvent'),
  },
  growth('text', 'accumulateContent', 1.2),
  toL2('completion', 'accumulateCompletion', 1.5, 'library 100000', 'L2 chunks'),
  growth('completion', 'accumulateCompletion', 1.2),
  toL2('million', '1,000,000 events', 0.45),
  {
    workload: 'million-heap',
    of: '1,000,000 events: heap, above L2',
    limit: 1,
    show: MB,
    value: (result) => difference(result, 'library', 'L2', 'grownMB'),
  },
  {
    workload: 'slow-consumer',
    of: 'a slow consumer: reads ahead',
    limit: 2,
    show: (value) => String(value),
    value: (result) => over(result, 'library-pull', 'readsAhead'),
  },
  {
    workload: 'slow-consumer',
    of: 'a slow consumer: heap',
    limit: 10,
    show: MB,
    value: (result) => over(result, 'library-pull', 'grownMB'),
  },
  {
    workload: 'delay-1',
    of: 'delay of an event, 1 stream: above L2',
    limit: 0.1,
    show: ms,
    value: (result) => difference(result, 'library', 'L2', 'delayP50Ms'),
  },
  firstToken('by fetch', 'library', 0.3),
  firstToken('by nodeTransport', 'library-node', 0),
  load('p50', 'by fetch', 'library', 'delayP50Ms', 1.1),
  load('CPU', 'by fetch', 'library', 'cpuS', 1.1),
  load('p50', 'by nodeTransport', 'library-node', 'delayP50Ms', 0.8),
  load('CPU', 'by nodeTransport', 'library-node', 'cpuS', 0.75),
  {
    workload: 'call',
    of: 'a call by a transport that has the response at once',
    limit: 15,
    show: (value) => `${value.toFixed(1)} µs`,
    value: (result) => over(result, 'library', 'usPerCall'),
  },
  {
    workload: 'import',
    of: 'import, above rxjs, io-ts and fp-ts',
    limit: 12,
    show: (value) => `${value.toFixed(0)} ms of CPU`,
    value: (result) => difference(result, 'library', 'dependencies', 'userMs'),
  },
  {
    workload: 'bundle',
    of: 'bundle: our own code',
    limit: 11,
    show: kB,
    value: (result) => over(result, 'library, own code', 'kB'),
  },
  {
    workload: 'bundle',
    of: 'bundle: with RxJS, io-ts and fp-ts',
    limit: 18,
    show: kB,
    value: (result) => over(result, 'library', 'kB'),
  },
];

/** Returns the peer with the lowest median ratio to L2. */
function cheapestPeer(result) {
  return subjects
    .filter(isPeer)
    .map(({ id }) => [id, ratio(result, id, 'L2', 'nsPerEvent')?.median])
    .filter(([, cost]) => cost !== undefined)
    .sort(([, a], [, b]) => a - b)[0]?.[0];
}

/** Returns each goal with its measurement. `met` is undefined without one. */
export function judgeGoals(results) {
  return goals.map(({ workload, of, limit, below = false, show, value }) => {
    const result = results.workloads[workload];
    const measured = result && value(result);
    const met = measured && (below ? measured.median < limit : measured.median <= limit);
    return {
      workload,
      of,
      goal: `${below ? '<' : '≤'} ${show(limit)}`,
      measured: measured && show(measured.median),
      met,
    };
  });
}
