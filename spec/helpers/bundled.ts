import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { build } from 'esbuild';

const root = resolve(__dirname, '../..');
/** Below the packages that a script imports. */
const cache = join(root, 'node_modules/.cache');

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
    mkdirSync(cache, { recursive: true });
    folder = mkdtempSync(join(cache, 'program-'));
    await build({
      entryPoints: [join(root, main)],
      outfile: outfile(),
      bundle: true,
      platform: 'node',
      format: 'esm',
      // Packages of CommonJS with modules of Node.
      external: ['esbuild', 'redis'],
      define: { 'import.meta.url': JSON.stringify(pathToFileURL(join(root, main)).href) },
      logLevel: 'error',
    });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return outfile;
}
