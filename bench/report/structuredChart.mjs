import { escape, line, round, STYLE, text } from './svg.mjs';

/** The subjects of the chart. Their shapes differ too, for readers who cannot distinguish the colours. */
const SERIES = [
  { id: 'library', style: 'a', shape: (x, y) => `<circle cx="${x}" cy="${y}" r="5"` },
  { id: 'openai', style: 'b', shape: (x, y) => `<rect x="${x - 4.5}" y="${y - 4.5}" width="9" height="9"` },
  { id: 'ai', style: 'c', shape: (x, y) => `<path d="M${x} ${y - 6}l6 6-6 6-6-6z"` },
];

const WIDTH = 780;
const LEFT = 200;
const RIGHT = 90;
const TOP = 92;
const ROW = 34;
const TICKS = [10, 100, 1_000, 10_000, 100_000];

/**
 * Draws the CPU time of partial values as an SVG for light and dark mode. The axis is logarithmic.
 *
 * @param rows - A shape each: its title, and the milliseconds by the subject.
 * @param titles - The titles of the subjects.
 */
export function drawStructuredChart(rows, titles) {
  const all = rows.flatMap(({ ms }) => Object.values(ms));
  const first = TICKS.findLast((tick) => tick <= Math.min(...all)) ?? TICKS[0];
  const last = TICKS.find((tick) => tick >= Math.max(...all)) ?? TICKS.at(-1);
  const scaled = (value) => Math.log(value / first) / Math.log(last / first);
  const x = (value) => round(LEFT + Math.min(1, Math.max(0, scaled(value))) * (WIDTH - LEFT - RIGHT));
  const bottom = TOP + rows.length * ROW;

  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${bottom + 46}" width="${WIDTH}" role="img" aria-labelledby="title description">`,
    `<title id="title">CPU time of partial values while 100 KB of JSON arrive</title>`,
    `<desc id="description">${escape(description(rows, titles))}</desc>`,
    `<style>${STYLE}\n</style>`,
    text('title', 10, 24, 'CPU time of partial values while 100 KB of JSON arrive, in ms'),
    text(
      'small quiet',
      10,
      42,
      'A value is taken after each delta of 20 characters, if there is one. Less is better.',
    ),
    ...SERIES.flatMap(({ id, style, shape }, i) => [
      `${shape(LEFT + 6 + i * 190, 60)} class="${style}"/>`,
      text('small', LEFT + 18 + i * 190, 64, titles[id]),
    ]),
    ...TICKS.filter((tick) => tick >= first && tick <= last).flatMap((tick) => [
      line('grid', x(tick), TOP - 6, bottom),
      text('small quiet', x(tick), bottom + 18, tick.toLocaleString('en'), 'middle'),
    ]),
    ...rows.flatMap(({ title, ms }, i) => {
      const y = TOP + (i + 0.5) * ROW;
      return [
        text('', LEFT - 14, y + 4.5, title, 'end'),
        ...SERIES.filter(({ id }) => id in ms).map(
          ({ id, style, shape }) => `${shape(x(ms[id]), y)} class="${style}"/>`,
        ),
        text('ours', WIDTH - 10, y + 4.5, `${Math.round(ms.library)} ms`, 'end'),
      ];
    }),
    text('small quiet', LEFT, bottom + 38, 'On the right: this library. Logarithmic.'),
    '</svg>\n',
  ].join('\n');
}

const description = (rows, titles) =>
  rows
    .map(({ title, ms }) => {
      const figures = SERIES.filter(({ id }) => id in ms);
      return `${title}: ${figures.map(({ id }) => `${titles[id]} ${Math.round(ms[id])}`).join(', ')}`;
    })
    .join('; ');
