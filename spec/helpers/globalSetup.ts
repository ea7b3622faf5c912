import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { llamaServerFolder, sharedFolder } from './shared';

/** Reports once per run, and not once per spec, what is missing beside the checkout. */
export default function globalSetup(): void {
  if (sharedFolder === undefined) {
    process.stderr.write(
      `recordings not found beside the checkout: ${users('shared')} files of specs use only spec/fixtures\n`,
    );
  }
  if (llamaServerFolder === undefined) {
    process.stderr.write(
      `llama-server not found beside the checkout: ${users('llamaServer')} files of specs are skipped\n`,
    );
  }
}

/** Counts the spec files that import a helper. */
function users(helper: string): number {
  const spec = resolve(__dirname, '..');
  return readdirSync(spec, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.spec.ts'))
    .filter((path) => readFileSync(resolve(spec, path), 'utf8').includes(`helpers/${helper}'`)).length;
}
