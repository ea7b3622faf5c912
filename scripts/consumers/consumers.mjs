// The matrix of runtimes, bundlers, test runners and compilers. Each consumer streams an answer, as an import alone proves
// little.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { entryPoints } from '../entry-points.mjs';
import { angulars } from './angulars.mjs';
import { bun, deno, node, tools } from './tools.mjs';

/** The oldest version that `engines` allows, and the newest of each later major version. */
const nodes = ['20.19.0', '22.23.3', '24.21.0', '26.10.0'];

const compilers = ['5.9.3', '6.0.3', '7.0.2'];
const resolutions = {
  bundler: '--module preserve --moduleResolution bundler',
  node16: '--module node16',
  nodenext: '--module nodenext',
};

/**
 * Packages installed beside the package. npm adds the other peers in their newest versions. With `alone`, nothing else may be
 * installed. `workspace` names packages too big to be installed each time: they are cached, as tools are, and an app resolves
 * them in a folder above its own.
 */
export const peerSets = {
  newest: { versions: [], alone: true },
  oldest: { versions: oldestPeers(), alone: true },
  OpenTelemetry: { versions: ['@opentelemetry/api@1.9.0'] },
  'Angular CLI 20': { workspace: angularWorkspace('20') },
  'Angular CLI 21': {
    workspace: {
      ...angularWorkspace('21'),
      ...{ jest: '30.5.2', 'jest-preset-angular': '17.0.3', vitest: '4.1.12' },
      ...angularParts('21', ['platform-server', 'router', 'ssr']),
    },
  },
  'Angular CLI 22': { workspace: angularWorkspace('22') },
};

/** Entry points with an optional peer, which have rows of their own. */
const withPeers = /\/(angular|opentelemetry)$/;
const names = JSON.stringify(entryPoints.map(({ name }) => name).filter((name) => !withPeers.test(name)));

/**
 * The rows of the matrix. `steps` returns a promise of the commands to run in a copy of
 * `apps`, or of a `folder` in it: `builds` print nothing, or nothing that `warns`; `runs` stream and print the answer; `tests`
 * print it without a server. `peers` is one of {@link peerSets}, by default the newest.
 *
 * Two run at a time, in this order. Neighbours need different installs, as both would wait for the same one.
 */
export const consumers = [
  {
    name: 'every entry point',
    steps: async () => ({
      builds: [
        script('--input-type=module', '--eval', `await Promise.all(${names}.map((name) => import(name)));`),
        script('--eval', `${names}.forEach((name) => require(name));`),
      ],
    }),
  },
  {
    name: 'OpenTelemetry',
    peers: 'OpenTelemetry',
    steps: async () => ({
      builds: [
        script('--input-type=module', '--eval', "await import('rxjs-chat-completions/opentelemetry');"),
        script('--eval', "require('rxjs-chat-completions/opentelemetry');"),
      ],
    }),
  },
  ...[
    ['ES modules', 'app.mjs'],
    ['CommonJS', 'app.cjs'],
  ].flatMap(([modules, app]) =>
    nodes.map((version) => started(`Node ${version}, ${modules}`, async () => [await node(version), app])),
  ),
  started('Deno 2.9.6', async () => [
    ...[await deno('2.9.6'), 'run', '--no-remote', '--node-modules-dir=manual', '--allow-all', 'app.mjs'],
  ]),
  started('Bun 1.4.5, ES modules', async () => [await bun('1.4.5'), 'app.mjs']),
  started('Bun 1.4.5, CommonJS', async () => [await bun('1.4.5'), 'app.cjs']),

  bundled('esbuild 0.28.2', { esbuild: '0.28.2' }, 'esbuild/bin/esbuild', esbuildOptions()),
  bundled('Vite 8.3.8', { vite: '8.3.8' }, 'vite/bin/vite.js', 'build --config vite.config.mjs'),
  bundled(
    'webpack 5.112.2',
    { webpack: '5.112.2', 'webpack-cli': '7.3.1' },
    'webpack/bin/webpack.js',
    '--config webpack.config.mjs',
  ),
  {
    name: 'Metro 0.84.6',
    steps: async () => ({
      builds: [script('metro.mjs', await tools({ metro: '0.84.6' }))],
      runs: [script('open-page.mjs', 'out/page.js')],
    }),
  },

  tested('vitest 4.1.12', { vitest: '4.1.12' }, 'vitest/vitest.mjs', vitestOptions()),
  tested('jest 30.5.2, CommonJS', { jest: '30.5.2' }, 'jest/bin/jest.js', jestOptions('answer.test.cjs')),
  tested(
    'vitest 4.1.12, package inlined',
    { vitest: '4.1.12' },
    'vitest/vitest.mjs',
    vitestOptions('--config', 'vitest.inlined.mjs'),
  ),
  tested(
    'jest 30.5.2, ES modules',
    { jest: '30.5.2' },
    'jest/bin/jest.js',
    jestOptions('answer.test.mjs'),
    '--experimental-vm-modules',
  ),

  ...Object.entries(resolutions).flatMap(([name, options]) =>
    compilers.map((version) => compiled(version, name, options)),
  ),
  compiled('5.9.3', 'Angular 20', resolutions.bundler, { peers: 'Angular CLI 20', apps: ['angular.mts'] }),
  compiled('6.0.3', 'Angular 22', resolutions.nodenext, {
    peers: 'Angular CLI 22',
    apps: ['angular.mts'],
    runtime: () => node('24.21.0'),
  }),

  ...Object.keys(angulars).map((line) => ngBuilt(line, 'zoneless')),
  ...Object.keys(angulars).map((line) =>
    ngBuilt(line, 'zone.js', { configuration: 'zone', bundles: ['out/polyfills.js', 'out/main.js'] }),
  ),
  ngBuilt('21', 'prerendered', { configuration: 'prerendered' }),
  ngTested('ng test with vitest 4.1.12', '@angular/cli/bin/ng.js', 'test'),
  ngTested('jest-preset-angular 17.0.3', 'jest/bin/jest.js', '--runInBand', '--watchman=false'),

  { ...started('oldest peers, ES modules', () => script('app.mjs')), peers: 'oldest' },
  { ...started('oldest peers, CommonJS', () => script('app.cjs')), peers: 'oldest' },
  {
    ...bundled('oldest peers, esbuild', { esbuild: '0.28.2' }, 'esbuild/bin/esbuild', esbuildOptions()),
    peers: 'oldest',
  },
  // These peers have complete declarations for the old module resolution only.
  compiled('5.9.3', 'oldest peers', '--module commonjs --moduleResolution node10 --skipLibCheck', {
    peers: 'oldest',
    apps: ['typed.cts'],
  }),
];

/** An app that runs without a build. */
function started(name, command) {
  return { name, steps: async () => ({ runs: [await command()] }) };
}

/** A page that is bundled for a browser. */
function bundled(name, packages, bin, options) {
  return {
    name,
    steps: async () => ({
      builds: [script(join(await tools(packages), bin), ...options.split(' '))],
      runs: [script('open-page.mjs', 'out/page.js')],
    }),
  };
}

/** A test in a test runner. */
function tested(name, packages, bin, options, ...nodeOptions) {
  return {
    name,
    steps: async () => ({ runs: [script(...nodeOptions, join(await tools(packages), bin), ...options)] }),
  };
}

/**
 * Typed apps, compiled and then run. With `exactOptionalPropertyTypes` and `declaration`, which `tsc --init` writes. Without
 * `skipLibCheck`, unless it is in the options, so that the declarations of the package are checked.
 */
function compiled(version, title, options, { peers, apps = ['typed.mts', 'typed.cts'], runtime } = {}) {
  const strict = `--strict --exactOptionalPropertyTypes --declaration --skipDefaultLibCheck --target es2022 --lib es2022,dom,dom.iterable --outDir out ${options}`;
  return {
    name: `TypeScript ${version}, ${title}`,
    peers,
    steps: async () => {
      const tsc = join(await tools({ typescript: version }), 'typescript/bin/tsc');
      const executable = (await runtime?.()) ?? process.execPath;
      return {
        builds: [script(tsc, ...strict.split(' '), ...apps)],
        runs: apps.map((app) => [executable, join('out', app.replace(/ts$/, 'js'))]),
      };
    },
  };
}

/** An Angular app, built for production by the CLI of its version, then run on a page. */
function ngBuilt(line, title, { configuration = 'production', bundles = ['out/main.js'] } = {}) {
  const { version, node: needed } = angulars[line];
  return {
    name: `Angular ${version}, ${title}`,
    peers: `Angular CLI ${line}`,
    folder: 'angular',
    steps: async () => ({
      builds: [
        [
          needed === undefined ? process.execPath : await node(needed),
          ...[inWorkspace('@angular/cli/bin/ng.js'), 'build', `--configuration=${configuration}`],
        ],
      ],
      warns: (output) => output.includes('[WARNING]'),
      runs: [script('open-app.mjs', ...bundles)],
    }),
  };
}

/** The specs of that app, in a test runner. */
function ngTested(name, bin, ...options) {
  return {
    name: `Angular ${angulars[21].version}, ${name}`,
    peers: 'Angular CLI 21',
    folder: 'angular',
    steps: async () => ({ tests: [script(inWorkspace(bin), ...options)] }),
  };
}

/** Returns the path of a tool in an app's workspace, relative to the app. */
function inWorkspace(bin) {
  return join('../../node_modules', bin);
}

/** Returns the command that runs a script with the current Node. */
function script(...args) {
  return [process.execPath, ...args];
}

function esbuildOptions() {
  return 'page.js --bundle --minify --format=esm --target=es2022 --log-level=warning --outfile=out/page.js';
}

function vitestOptions(...more) {
  return ['run', '--globals', ...more, 'answer.test.mjs'];
}

function jestOptions(file) {
  const config = {
    rootDir: '.',
    transform: {},
    testMatch: [`**/${file}`],
    moduleFileExtensions: ['mjs', 'cjs', 'js', 'json'],
    cacheDirectory: 'out',
    watchman: false,
  };
  return ['--runInBand', '--config', JSON.stringify(config)];
}

function angularParts(line, parts) {
  return Object.fromEntries(parts.map((part) => [`@angular/${part}`, angulars[line].version]));
}

/** The packages that `ng new` installs, and jsdom for the page. */
function angularWorkspace(line) {
  const { build, typescript, zone } = angulars[line];
  return {
    ...angularParts(line, ['common', 'compiler', 'compiler-cli', 'core', 'platform-browser']),
    ...{ '@angular/build': build, '@angular/cli': build, typescript, 'zone.js': zone, jsdom: '27.4.0' },
    ...{ rxjs: '7.8.2', 'io-ts': '2.2.22', 'fp-ts': '2.16.11', tslib: '2.8.1' },
  };
}

/** Returns the oldest versions of the peers that the package allows. */
function oldestPeers() {
  const file = new URL('../../package.json', import.meta.url);
  const { peerDependencies, peerDependenciesMeta = {} } = JSON.parse(readFileSync(file, 'utf8'));
  return Object.entries(peerDependencies)
    .filter(([name]) => !peerDependenciesMeta[name]?.optional)
    .map(([name, range]) => `${name}@${range.replace('^', '')}`);
}
