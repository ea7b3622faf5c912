import { resolve } from 'node:path';

export default {
  mode: 'production',
  entry: './page.js',
  output: { path: resolve('out'), filename: 'page.js', module: true },
  experiments: { outputModule: true },
  performance: { hints: false },
  stats: { all: false, errors: true, warnings: true },
};
