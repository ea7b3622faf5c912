// `npm run test:frameworks`: compiles the recipes of docs/frameworks.md with the declarations of their frameworks, and runs them
// there. Outside of Jest, as most frameworks are ES modules.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import './ensure-installed.mjs';
import { ensureInstalled } from './install.mjs';
import { runNode } from './run.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'spec/frameworks');

await ensureInstalled('frameworks', folder);
writeRecipes();
runNode(['node_modules/@typescript/native/bin/tsc', '--project', 'spec/frameworks']);
const tests = readdirSync(folder).filter((name) => name.endsWith('.test.ts'));
// A condition that never holds fails its test.
const limit = '--test-timeout=60000';
runNode(
  [
    ...['--import', 'tsx', '--test', limit, '--test-reporter=spec'],
    ...tests.map((name) => `spec/frameworks/${name}`),
  ],
  { TSX_TSCONFIG_PATH: 'spec/frameworks/tsconfig.json' },
);

/** Writes each example as a module, named by its heading: `react.ts`, and `react-2.ts` for a second one. */
function writeRecipes() {
  const recipes = join(folder, 'recipes');
  rmSync(recipes, { recursive: true, force: true });
  mkdirSync(recipes);
  const page = readFileSync(join(root, 'docs/frameworks.md'), 'utf8');
  for (const section of page.split(/^##+ /m).slice(1)) {
    const name = section
      .slice(0, section.indexOf('\n'))
      .toLowerCase()
      .replace(/[^a-z]+/g, '-');
    const blocks = [...section.matchAll(/^```ts\n(.*?)^```$/gms)];
    blocks.forEach(([, code], i) => {
      const moved = code
        .replace(/'\.\/(answer|chat)'/g, "'../../helpers/frameworks/$1'")
        .replace("'./session'", "'../session'");
      writeFileSync(join(recipes, `${name}${i === 0 ? '' : `-${i + 1}`}.ts`), moved);
    });
  }
}
