// Writes docs/faults.md: the faults that the specs in spec/faults test, with their outcomes.
// With --check it writes nothing, and fails when the page is not up to date.
//
// The specs are loaded, but no test runs: `describe` and `it` are replaced and collect titles. The title of a fault is
// `fault → outcome`. The rows are in the order of the specs.
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

const stub = new Proxy(() => stub, { get: () => stub });
function describe(title, body) {
  sections.push(title);
  body();
  sections.pop();
}

Object.assign(globalThis, {
  // The page includes the specs that are skipped without llama-server.
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

/** Escapes the text of a cell. */
const cell = (text) => text.replace(/[\\|*_<>[\]`]/g, '\\$&').replaceAll('\n', ' ');

const lines = [
  '# Faults',
  '',
  'Faults of servers, networks and callers, and the outcome of each. Every row is a test, over a real socket and through',
  'the public API unless the section says otherwise. The tests with a real llama-server are skipped where it is not',
  'installed. `node scripts/faults-table.mjs` writes this page from the specs.',
  '',
  'An outcome lists all notifications that a subscriber receives, in order. `"Hel"` is text, and `Left(…)` is a payload that',
  'could not be decoded. The last item is `complete`, or the error that ended the stream with its phase or message.',
  '',
  'Every test also checks that nothing is written to the console, that there is no unhandled rejection and no uncaught',
  'exception, that no timer of the library is left, that no error contains the key, and that the request is closed.',
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
  process.stderr.write('docs/faults.md is not up to date. Run node scripts/faults-table.mjs.\n');
  process.exitCode = 1;
}
