import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { sharedFolder } from './shared';

/** Says once per run, and not once per spec, that the recordings beside the checkout are missing. */
export default function globalSetup(): void {
  if (sharedFolder !== undefined) return;
  const spec = resolve(__dirname, '..');
  const readers = readdirSync(spec, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.spec.ts'))
    .filter((path) => readFileSync(resolve(spec, path), 'utf8').includes('helpers/shared'));
  if (readers.length === 0) return;
  const specs = readers.length === 1 ? '1 spec uses' : `${readers.length} specs use`;
  process.stderr.write(`recordings not found beside the checkout: ${specs} only spec/fixtures\n`);
}
