import { defineConfig } from 'tsdown';

import { entryPoints } from './scripts/entry-points.mjs';

/**
 * Rewrites `fp-ts/Either` to `#fp-ts/Either`, which package.json maps to a file under `imports`.
 *
 * `fp-ts/Either` is a folder, and Node's ES modules import no folders. Type declarations keep the
 * folder: TypeScript resolves it in every mode.
 *
 * The unbundled files of CommonJS import the file itself, since Metro does not map `imports` to another package:
 * the condition `react-native` leads to them.
 */
const fpTsSubpath = {
  name: 'fp-ts-subpath',
  resolveId: {
    order: 'pre',
    filter: { id: /^fp-ts\// },
    handler: (id, from) =>
      from !== undefined && !/\.d\.[cm]?ts$/.test(from) ? { id: `#${id}`, external: true } : null,
  },
};

/**
 * The files for Node that entry points share, by the peers that they import: an entry point loads no peer that it does not use.
 *
 * The first that matches counts. Each is a part of lib that is listed before the next, so they do not import each other in a circle.
 * What few apps use has files of its own, since Node parses every function of a file that it loads.
 */
const sharedFiles = [
  ['plain', /\/lib\/(errors|(fold|request)\/(?!index).+|codec\/(attempt|isRecord|mark|parseJson))\.ts$/],
  ['codecs', /\/lib\/(codec|decode)\/(?!index)/],
  ['streams', /\/lib\/(rx|sse)\/(?!index)/],
  ['calls', /\/lib\/(transport|response|call|operators(?!\/structure)|state)\//],
  ['schemas', /\/lib\/(json|schema)\//],
  ['structures', /\/lib\/operators\/structure\//],
].map(([name, test]) => ({ name, test }));

const common = {
  entry: Object.fromEntries(entryPoints.map(({ output, source }) => [output, source])),
  format: ['esm', 'cjs'],
  platform: 'neutral',
  target: 'es2022',
  // The neutral platform knows no built-in modules; node and testing/server are the entries that have some.
  deps: { neverBundle: [/^node:/] },
  plugins: [fpTsSubpath],
  checks: { pluginTimings: false },
  // Otherwise a line for each of 2,600 files.
  report: false,
};

export default defineConfig([
  {
    ...common,
    // The second is not imported: bundlers for browsers put it in place of another, by `browser` in package.json.
    entry: { ...common.entry, 'transport/failures.browser': 'lib/transport/failures.browser.ts' },
    // For bundlers, a file for each of lib: `sideEffects: false` lets them leave out files, and the codecs of a single file
    // would stay in it, for a call at the top might do anything.
    unbundle: true,
    sourcemap: true,
    dts: true,
    outputOptions: (options, format) => ({
      ...options,
      ...(format === 'cjs' && { paths: (id) => id.replace(/^#fp-ts\/(.+)/, 'fp-ts/lib/$1.js') }),
    }),
  },
  {
    ...common,
    // For Node, few files: loading one costs more than running it. What entry points share is in files of its own, so that
    // each class exists once. They are not minified and need no source maps; the doc comments are in the declarations.
    outDir: 'dist/bundled',
    dts: false,
    outputOptions: { codeSplitting: { groups: sharedFiles }, comments: false },
  },
]);
