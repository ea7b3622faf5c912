import { subjects } from '../subjects/index.mjs';
import { difference, over, ratio } from './statistics.mjs';

const integer = (value) => value.toFixed(0);
const one = (value) => value.toFixed(1);
const two = (value) => value.toFixed(2);
const range = ({ least, most }, show) => `${show(least)} – ${show(most)}`;
/** Formats a ratio with three digits at most. */
const times = (value) => (value < 10 ? two(value) : one(value));

/** Formats a median; `''` if a round has no figure. */
const shown = (spread, show) => (spread === undefined ? '' : show(spread.median));
const figure = (name, show) => (workload, key) => shown(over(workload, key, name), show);

/** Columns of workloads that differ from the default. */
const COLUMNS = {
  'million-heap': heap(),
  'slow-consumer': { 'reads ahead': figure('readsAhead', integer), ...heap() },
  'delay-1': {
    ...delay(),
    'first token p50 ms': figure('firstP50Ms', two),
    'above L2': (workload, key) => shown(difference(workload, key, 'L2', 'firstP50Ms'), two),
  },
  call: { 'µs a call': figure('usPerCall', one) },
  'delay-200': {
    ...delay(),
    'CPU s': figure('cpuS', two),
    'CPU to L2': (workload, key) => shown(ratio(workload, key, 'L2', 'cpuS'), times),
  },
  import: {
    'CPU ms': (workload, key) => shown(over(workload, key, 'userMs'), integer),
    'above rxjs, io-ts and fp-ts': (workload, key) =>
      key === 'library' ? shown(difference(workload, key, 'dependencies', 'userMs'), integer) : '',
    'above empty': (workload, key) => shown(difference(workload, key, 'empty', 'userMs'), integer),
  },
  bundle: { kB: figure('kB', one) },
};

function heap() {
  return { 'peak heap MB': figure('peakMB', one), 'of it the stream': figure('grownMB', one) };
}

function delay() {
  return {
    'p50 ms': figure('delayP50Ms', two),
    'p99 ms': figure('delayP99Ms', two),
    'to L2': (workload, key) => shown(ratio(workload, key, 'L2', 'delayP50Ms'), times),
  };
}

/** CPU time as a multiple of L2, with the range of the rounds. */
function cpu(base) {
  const toBase = (workload, key) => ratio(workload, key, base, 'nsPerEvent');
  return {
    'ns an event': figure('nsPerEvent', integer),
    'to L2': (workload, key) => (toBase(workload, key) ? times(toBase(workload, key).median) : ''),
    'all rounds': (workload, key) => (toBase(workload, key) ? range(toBase(workload, key), times) : ''),
  };
}

/** Returns the table of a workload, and the subjects that failed. */
export function rowsOf(name, workload) {
  const keys = Object.keys(workload.rounds[0] ?? {}).filter((key) => !(key in workload.failed));
  const columns = COLUMNS[name] ?? {
    ...cpu(workload.base),
    validates: (_, key) => find(key)?.validates ?? '',
  };
  const rows = sortKeys(keys).map((key) => [
    titleOf(key),
    ...Object.values(columns).map((show) => show(workload, key)),
  ]);
  const failed = Object.entries(workload.failed).map(([key, words]) => [titleOf(key), words]);
  return { header: ['', ...Object.keys(columns)], rows, failed };
}

/** Sorts by subject, as each round has another order. */
function sortKeys(keys) {
  const order = (key) => subjects.findIndex(({ id }) => id === key.split(/[ ,]/)[0]);
  return keys.toSorted((a, b) => order(a) - order(b));
}

const find = (key) => subjects.find(({ id }) => id === key.split(/[ ,]/)[0]);

/** Returns the title of a key. `library 1000` is the fold of this library with streams of 1,000 chunks. */
function titleOf(key) {
  const subject = find(key);
  if (subject === undefined) return key;
  const rest = key.slice(subject.id.length).replace(/^ chunks$/, ', not folded');
  const length = /^ (\d+)$/.exec(rest);
  return subject.title + (length ? `, ${Number(length[1]).toLocaleString('en')} chunks` : rest);
}

export function workloadTable(name, workload) {
  const { header, rows, failed } = rowsOf(name, workload);
  const notes = failed.map(([title, words]) => `${title}: ${words}`);
  return [
    `${workload.title} (${name}, Node ${workload.node})`,
    alignColumns([header, ...rows]),
    ...notes,
  ].join('\n');
}

export function goalsTable(judgements) {
  const rows = judgements.map(({ of, goal, measured = 'not measured', met }) => [
    of,
    goal,
    measured,
    met === undefined ? '' : met ? 'met' : 'NOT MET',
  ]);
  const count = judgements.filter(({ met }) => met).length;
  return `${alignColumns([['goal', '', 'measured', ''], ...rows])}\n${count} of ${judgements.length} goals are met.`;
}

/** Aligns the first column to the left and figures to the right. */
function alignColumns(rows) {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows
    .map((row) =>
      widths
        .map((width, i) => (i === 0 ? (row[i] ?? '').padEnd(width) : (row[i] ?? '').padStart(width)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Formats a table as Markdown. */
export function markdownTable(rows) {
  const widths = rows[0].map((_, i) => Math.max(3, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (row) => `| ${widths.map((width, i) => (row[i] ?? '').padEnd(width)).join(' | ')} |`;
  return [
    line(rows[0]),
    `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`,
    ...rows.slice(1).map(line),
  ].join('\n');
}
