// The entry points of the package. `exports` in package.json is the one list of them; every tool reads it here.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const { name, exports } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));

/**
 * An entry point as each tool needs it.
 *
 * @typedef {object} EntryPoint
 * @property {string} path - Its key in `exports`: `./testing`.
 * @property {string} name - What users import: `rxjs-chat-completions/testing`.
 * @property {string} output - The built file below `dist`, without extension: `testing/index`.
 * @property {string} source - The source file from the root: `lib/testing/index.ts`.
 * @property {string} types - The built declarations, from the root.
 * @property {string} script - The built ES module, from the root.
 */

/** @type {readonly EntryPoint[]} */
export const entryPoints = Object.entries(exports)
  .filter(([, target]) => typeof target === 'object')
  .map(([path, { import: built }]) => {
    const output = built.default.replace(/^\.\/dist\/(.+)\.js$/, '$1');
    const source = `lib/${output}.ts`;
    if (!existsSync(root + source))
      throw new Error(`package.json exports ${path}, and there is no ${source}`);
    return { path, name: path.replace('.', name), output, source, types: built.types, script: built.default };
  });
