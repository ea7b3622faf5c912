import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { build } from 'esbuild';

const root = resolve(__dirname, '../..');

/**
 * Bundles a program before the specs of a file, which start it many times: one script starts in a tenth of the time that its
 * several hundred modules take.
 *
 * @param main - The path of the program in the project.
 * @returns A function that returns the path of the script, which does not outlive the specs.
 */
export function bundled(main: string): () => string {
  let folder = '';
  const outfile = (): string => join(folder, 'program.mjs');
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'program-'));
    await build({
      entryPoints: [join(root, main)],
      outfile: outfile(),
      bundle: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'error',
    });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return outfile;
}
