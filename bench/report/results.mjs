import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = new URL('../results/', import.meta.url);

/** Partial runs have a file besides the full results. */
const fileOf = (isFull) => fileURLToPath(new URL(isFull ? 'full.json' : 'try.json', folder));

/** Reads the results so far, which a run with `--only` updates. */
export function readResults(isFull = true) {
  const file = fileOf(isFull);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

export function writeResults(results, isFull) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(fileOf(isFull), `${JSON.stringify(results, null, 2)}\n`);
}
