import { join } from 'node:path';

import { build } from 'esbuild';

import { entryPoints } from '../../scripts/entry-points.mjs';
import { publicFolder, root, site } from './paths.mjs';

/** Entry points for the page. */
const SERVED = entryPoints.filter(({ path }) => !/^\.\/(angular|node|testing\/server)/.test(path));

/** The names of the entry points for the page. */
export const served = new Set(SERVED.map(({ name }) => name));

/**
 * Bundles what runs in the page: the library, its peers as far as examples import them, and the runtime of examples, which share
 * chunks, so there is one copy of each module. The playground is one file, as its page runs nothing else.
 *
 * @param names - The packages that examples import.
 */
export async function bundle(names) {
  const own = new Map(SERVED.map(({ name, source }) => [name, join(root, source)]));
  const others = [...names].filter((name) => !own.has(name));
  const virtual = {
    name: 'packages',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^package:/ }, ({ path }) => ({ path: path.slice(8), namespace: 'package' }));
      onLoad({ filter: /./, namespace: 'package' }, ({ path }) => ({
        contents: `export * from '${path}';`,
        resolveDir: root,
      }));
    },
  };
  const options = {
    outdir: join(publicFolder, 'lib'),
    absWorkingDir: root,
    tsconfig: join(root, 'tsconfig.json'),
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    chunkNames: 'chunks/[name]-[hash]',
    metafile: true,
    plugins: [virtual],
    logLevel: 'warning',
  };
  const builds = await Promise.all([
    build({
      ...options,
      splitting: true,
      entryPoints: [
        ...[...own].map(([name, source]) => ({ in: source, out: name })),
        ...others.map((name) => ({ in: `package:${name}`, out: name })),
        { in: join(site, 'runtime/index.ts'), out: 'runtime' },
      ],
    }),
    build({ ...options, entryPoints: [{ in: join(site, 'playground/index.ts'), out: 'playground' }] }),
  ]);
  return builds.flatMap(({ metafile }) => Object.keys(metafile.outputs)).length;
}
