// Bundles the page as React Native and Expo do, by Metro in the given folder of packages.
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const [, , modules] = process.argv;
const { loadConfig, runBuild } = createRequire(join(modules, 'index.js'))('metro');

const config = await loadConfig(
  {},
  {
    projectRoot: resolve('.'),
    watchFolders: [resolve('..'), modules],
    resolver: { nodeModulesPaths: [modules], unstable_conditionNames: ['react-native'] },
    transformer: { getTransformOptions: () => ({ transform: { experimentalImportSupport: true } }) },
    reporter: { update: () => undefined },
  },
);
mkdirSync('out');
await runBuild(config, { entry: 'page.js', out: 'out/page.js' });
