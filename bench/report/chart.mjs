import { over, ratio } from './statistics.mjs';
import { escape, line, round, STYLE, text } from './svg.mjs';

/** The workloads of the chart. Their shapes differ too, for readers who cannot distinguish the colours. */
const SERIES = [
  {
    workload: 'reads-16k',
    title: 'reads of 16 KB',
    style: 'a',
    shape: (x, y) => `<circle cx="${x}" cy="${y}" r="5"`,
  },
  {
    workload: 'reads-event',
    title: 'one event a read',
    style: 'b',
    shape: (x, y) => `<rect x="${x - 4.5}" y="${y - 4.5}" width="9" height="9"`,
  },
  {
    workload: 'reads-7',
    title: 'reads of 7 bytes',
    style: 'c',
    shape: (x, y) => `<path d="M${x} ${y - 6}l6 6-6 6-6-6z"`,
  },
];

const WIDTH = 780;
const LEFT = 240;
const RIGHT = 60;
const TOP = 92;
const ROW = 28;
const TICKS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100];

/**
 * Draws the CPU time of every subject as a multiple of L2, as an SVG for light and dark mode.
 *
 * The axis is logarithmic, as the values span two powers of ten.
 *
 * @param results - With the three workloads of the chart.
 * @param rows - The subjects, as pairs of key and title.
 */
export function drawChart(results, rows) {
  const measured = rows
    .map(([key, title]) => ({
      key,
      title,
      marks: SERIES.map((series) => ({ ...series, cost: costOf(results.workloads[series.workload], key) })),
    }))
    .filter(({ marks }) => marks[0].cost !== undefined)
    .sort((one, other) => one.marks[0].cost.median - other.marks[0].cost.median);

  const costs = measured.flatMap(({ marks }) =>
    marks.flatMap(({ cost }) => (cost ? [cost.least, cost.most] : [])),
  );
  const ends = [
    TICKS.findLast((tick) => tick <= Math.min(...costs)) ?? TICKS[0],
    TICKS.find((tick) => tick >= Math.max(...costs)) ?? TICKS.at(-1),
  ];
  const scaled = (value) => Math.log(value / ends[0]) / Math.log(ends[1] / ends[0]);
  const x = (value) => round(LEFT + Math.min(1, Math.max(0, scaled(value))) * (WIDTH - LEFT - RIGHT));
  const bottom = TOP + measured.length * ROW;

  const ticks = TICKS.filter((tick) => tick >= ends[0] && tick <= ends[1]).flatMap((tick) => [
    line(tick === 1 ? 'floor' : 'grid', x(tick), TOP - 6, bottom),
    text('small quiet', x(tick), bottom + 18, String(tick), 'middle'),
  ]);
  const lines = measured.flatMap(({ key, title, marks }, i) => {
    const y = TOP + (i + 0.5) * ROW;
    const ours = key === 'library';
    return [
      ours ? `<rect class="band" x="0" y="${y - ROW / 2}" width="${WIDTH}" height="${ROW}"/>` : '',
      text(ours ? 'ours' : '', LEFT - 14, y + 4.5, title, 'end'),
      ...marks.flatMap(({ cost, style, shape }) =>
        cost === undefined
          ? []
          : [
              `<path class="${style} spread" d="M${x(cost.least)} ${y}H${x(cost.most)}"/>`,
              `${shape(x(cost.median), y)} class="${style}"/>`,
            ],
      ),
      text(ours ? 'ours' : 'quiet', WIDTH - 10, y + 4.5, figure(marks[0].cost.median), 'end'),
    ];
  });
  const legend = SERIES.flatMap(({ title, style, shape }, i) => [
    `${shape(LEFT + 6 + i * 150, 56)} class="${style}"/>`,
    text('small', LEFT + 18 + i * 150, 60, title),
  ]);

  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${bottom + 46}" width="${WIDTH}" role="img" aria-labelledby="title description">`,
    `<title id="title">CPU time to read a stream, against lines and JSON.parse</title>`,
    `<desc id="description">${escape(description(measured))}</desc>`,
    `<style>${STYLE}\n</style>`,
    text('title', 10, 24, 'CPU time to read a stream of chunks, as a multiple of L2'),
    text(
      'small quiet',
      10,
      42,
      'L2 splits lines and runs JSON.parse on each payload, the minimum for any parser. Less is better.',
    ),
    ...legend,
    text('small quiet', WIDTH - 10, TOP - 12, '16 KB', 'end'),
    ...ticks,
    ...lines,
    text(
      'small quiet',
      LEFT,
      bottom + 38,
      'Median of the rounds; the line behind a mark is their range. Logarithmic.',
    ),
    '</svg>\n',
  ]
    .filter((part) => part !== '')
    .join('\n');
}

function costOf(workload, key) {
  return (
    workload &&
    !(key in workload.failed) &&
    over(workload, key, 'nsPerEvent') &&
    ratio(workload, key, 'L2', 'nsPerEvent')
  );
}

const description = (measured) =>
  measured
    .map(
      ({ title, marks }) =>
        `${title}: ${marks.map(({ cost }) => (cost ? figure(cost.median) : 'none')).join(', ')}`,
    )
    .join('; ');

const figure = (value) => (value < 10 ? value.toFixed(2) : value.toFixed(1));
