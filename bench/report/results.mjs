import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = new URL('../results/', import.meta.url);

/** Tries, with shorter streams or without peers, do not mix with what was measured in full. */
const fileOf = (inFull) => fileURLToPath(new URL(inFull ? 'full.json' : 'try.json', folder));

/** The results so far; what `--only` measures takes its place among them. */
export function readResults(inFull = true) {
  const file = fileOf(inFull);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

export function writeResults(results, inFull) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(fileOf(inFull), `${JSON.stringify(results, null, 2)}\n`);
}
