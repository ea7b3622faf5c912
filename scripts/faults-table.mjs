// Writes docs/faults.md: every fault in spec/faults, its outcome, and the spec that tests it. With --check it writes nothing,
// and fails if the page is out of date.
//
// The specs are loaded without running a test: `describe` and `it` only record their titles, the other globals of Jest do
// nothing. The title of a fault is `fault → outcome`. The rows are in the order of the specs.
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { require as load } from 'tsx/cjs/api';

import { slugOf } from '../site/build/slug.mjs';
import { writePage } from './write-page.mjs';

const root = new URL('..', import.meta.url);

/** @type {{ spec: string, section: string, fault: string, outcome: string }[]} */
const rows = [];
let spec = '';
const sections = [];

const stub = new Proxy(() => stub, { get: () => stub });
function describe(title, body) {
  sections.push(title);
  body();
  sections.pop();
}

Object.assign(globalThis, {
  // Without a llama-server its faults are skipped, but the page lists them.
  describe: Object.assign(describe, { skip: describe }),
  it(title) {
    const arrow = title.indexOf(' → ');
    if (arrow === -1) return;
    rows.push({
      spec,
      section: sections.join(', '),
      fault: title.slice(0, arrow),
      outcome: title.slice(arrow + 3),
    });
  },
  expect: stub,
  jest: stub,
  beforeAll: stub,
  beforeEach: stub,
  afterAll: stub,
  afterEach: stub,
});

for (const file of readdirSync(new URL('spec/faults/', root)).sort()) {
  if (!file.endsWith('.spec.ts')) continue;
  spec = file;
  load(fileURLToPath(new URL(`spec/faults/${file}`, root)), import.meta.url);
}

/** Escapes Markdown in the text of a cell. */
const cell = (text) => text.replace(/[\\|*_<>[\]`{}]/g, '\\$&').replaceAll('\n', ' ');

const chapters = [...new Set(rows.map(({ spec, section }) => `${spec}\0${section}`))].map((key) => {
  const [file, title] = key.split('\0');
  return { file, title, rows: rows.filter((row) => row.spec === file && row.section === title) };
});

const lines = [
  '# Faults',
  '',
  `The ${rows.length} failures that are tested, and what your subscriber receives in each.`,
  '',
  'You can rely on this in all of them:',
  '',
  '- Text received before a failure is delivered.',
  '- A truncated response is never reported as complete.',
  '- Every stream ends with `complete` or with one error of the [list](errors-and-endings.md#all-errors).',
  '- No error contains your key.',
  '- The library writes nothing to the console and leaves no unhandled rejection, no uncaught exception and no timer behind.',
  '- The request is aborted soon after the end.',
  '',
  'Find a failure:',
  '',
  ...chapters.map(({ title, rows }) => `- [${title}](#${slugOf(title)}) (${rows.length})`),
  '',
  'How to read a row: the outcome lists everything that a subscriber receives, in order. `"Hel"` is text. `Left(…)` is a payload that',
  'does not decode. The last item is `complete`, or the error that ended the stream with its phase or message.',
  '',
  'How it is tested: each row is a test. Unless its section states otherwise it runs over a real socket, through the public calls.',
  'The tests with llama-server are skipped if it is not installed. `node scripts/faults-table.mjs` writes this page from the specs.',
  '',
];
for (const { file, title, rows } of chapters) {
  lines.push(
    `## ${title}`,
    '',
    `[spec/faults/${file}](../spec/faults/${file})`,
    '',
    '| fault | outcome |',
    '| --- | --- |',
    ...rows.map(({ fault, outcome }) => `| ${cell(fault)} | ${cell(outcome)} |`),
    '',
  );
}
await writePage('faults.md', lines, `${rows.length} faults`);
