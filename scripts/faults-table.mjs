// Writes docs/faults.md: every fault that the specs in spec/faults play, what comes of it, and where that is proved.
// With --check it writes nothing, and fails when the page is not what it would write.
//
// The specs are loaded, and no test is run: Jest's words stand for nothing here but `describe` and `it`, which tell
// their titles. A fault's title is `fault → outcome`; the rows come in the order of the specs.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { format, resolveConfig } from 'prettier';
import { require as load } from 'tsx/cjs/api';

const root = new URL('..', import.meta.url);
const page = new URL('docs/faults.md', root);

/** @type {{ spec: string, section: string, fault: string, outcome: string }[]} */
const rows = [];
let spec = '';
const sections = [];

const nothing = new Proxy(() => nothing, { get: () => nothing });
function describe(title, body) {
  sections.push(title);
  body();
  sections.pop();
}

Object.assign(globalThis, {
  // Where there is no llama-server its faults are skipped; the page has them all the same.
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
  expect: nothing,
  jest: nothing,
  beforeAll: nothing,
  beforeEach: nothing,
  afterAll: nothing,
  afterEach: nothing,
});

for (const file of readdirSync(new URL('spec/faults/', root)).sort()) {
  if (!file.endsWith('.spec.ts')) continue;
  spec = file;
  load(fileURLToPath(new URL(`spec/faults/${file}`, root)), import.meta.url);
}

/** Text in a cell: nothing in it is markup. */
const cell = (text) => text.replace(/[\\|*_<>[\]`]/g, '\\$&').replaceAll('\n', ' ');

const lines = [
  '# Faults',
  '',
  'What a server, a network or a caller can do to a call, and what comes of it. Each row is a test; where nothing else',
  'is said it runs over a real socket, through the public calls. Those of a real llama-server are skipped where there is',
  'none. Written from the specs by `node scripts/faults-table.mjs`.',
  '',
  'An outcome tells all that a subscriber sees, in order: `"Hel"` is text, `Left(…)` a payload that could not be read, and',
  'the last word is `complete` or the one error that ended the stream, with its phase or message.',
  '',
  'In every one of these tests nothing is written to the console, no promise rejects unheard, no exception is left over,',
  'no timer of the library goes on, no error shows the key, and the server is soon rid of the request.',
  '',
];
for (const section of new Set(rows.map(({ spec, section }) => `${spec}\0${section}`))) {
  const [file, title] = section.split('\0');
  lines.push(
    `## ${title}`,
    '',
    `[spec/faults/${file}](../spec/faults/${file})`,
    '',
    '| fault | outcome |',
    '| --- | --- |',
  );
  for (const row of rows) {
    if (row.spec === file && row.section === title)
      lines.push(`| ${cell(row.fault)} | ${cell(row.outcome)} |`);
  }
  lines.push('');
}
const text = await format(lines.join('\n'), { ...(await resolveConfig(page)), parser: 'markdown' });

if (!process.argv.includes('--check')) {
  writeFileSync(page, text);
  process.stdout.write(`docs/faults.md: ${rows.length} faults\n`);
} else if (readFileSync(page, 'utf8').replaceAll('\r\n', '\n') !== text) {
  process.stderr.write('docs/faults.md is not what the specs say: run node scripts/faults-table.mjs\n');
  process.exitCode = 1;
}
