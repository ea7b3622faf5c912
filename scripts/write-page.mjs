import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

import { format, resolveConfig } from 'prettier';

/**
 * Writes a guide that a script creates. With `--check` it writes nothing, and fails if the guide is not current.
 *
 * @param {string} name - The file in `docs`.
 * @param {readonly string[]} lines - Its Markdown.
 * @param {string} contents - What it lists, for the report: `473 faults`.
 */
export async function writePage(name, lines, contents) {
  const page = fileURLToPath(new URL(`../docs/${name}`, import.meta.url));
  const text = await format(lines.join('\n'), { ...(await resolveConfig(page)), parser: 'markdown' });
  if (!process.argv.includes('--check')) {
    writeFileSync(page, text);
    process.stdout.write(`docs/${name}: ${contents}\n`);
  } else if (readFileSync(page, 'utf8').replaceAll('\r\n', '\n') !== text) {
    process.stderr.write(`docs/${name} is not current: run node scripts/${basename(process.argv[1])}\n`);
    process.exitCode = 1;
  }
}
