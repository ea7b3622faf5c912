import { readFileSync } from 'node:fs';
import { extname } from 'node:path';

import { transformSync } from 'esbuild';

const tsconfigRaw = readFileSync(new URL('../../tsconfig.json', import.meta.url), 'utf8');

/** A transform of Jest, file by file and without types: `tsc` checks those. */
export default {
  process: (source, sourcefile) =>
    transformSync(source, {
      tsconfigRaw,
      sourcefile,
      loader: extname(sourcefile) === '.ts' ? 'ts' : 'js',
      format: 'cjs',
      target: 'es2022',
      // Jest has no `import()`, so it is a `require` too.
      supported: { 'dynamic-import': false },
      sourcemap: true,
    }),
};
