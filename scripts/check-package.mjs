// Checks the contents of the tarball that would be published, with publint and attw too. check-consumers.mjs checks that it works.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

import ts from 'typescript';

import { entryPoints } from './entry-points.mjs';
import { pack } from './pack.mjs';
import { runNode } from './run.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
/** Bytes, packed. A third of it is source maps. */
const sizeLimit = 1_985_000;

const temporary = mkdtempSync(join(tmpdir(), 'check-package-'));
process.once('exit', () => rmSync(temporary, { recursive: true, force: true }));
const { tarball, size, paths } = pack(temporary);

const texts = new Map(paths.map((path) => [path, readFileSync(join(root, path), 'utf8')]));
const scripts = paths.filter((path) => /\.c?js$/.test(path));
const maps = paths.filter((path) => path.endsWith('.map'));
let failed = false;

expectNone(
  'only dist is packed',
  paths.filter((path) => !/^(dist\/.+|package\.json|README\.md|LICENSE)$/.test(path)),
);
expectNone(
  'all files that package.json names are packed',
  [manifest.main, manifest.module, manifest.types, manifest.exports, manifest.typesVersions]
    .flatMap(targetsIn)
    .filter((target) => !paths.some((path) => patternOf(target).test(path))),
);
expectNone('the only dependencies are peers', Object.keys(manifest.dependencies ?? {}));
expectNone(
  'no script imports a folder of fp-ts',
  // At the start of a line, as an example in a comment may have such an import.
  scripts.filter((path) =>
    /^(import|export|let|const|var)\b.*['"]fp-ts\/(?!.*\.js['"])/m.test(texts.get(path)),
  ),
);
expectNone(
  'no module imports another for nothing, about which bundlers warn',
  scripts.filter((path) => !path.startsWith('dist/bundled/') && /^import ['"]/m.test(texts.get(path))),
);
expectNone(
  'no file names a folder of this machine',
  paths.filter((path) => [root, homedir(), tmpdir()].some((folder) => names(texts.get(path), folder))),
);
expectNone(
  'every script with code has a source map, but for those of Node',
  scripts.filter(
    (path) => !path.startsWith('dist/bundled/') && !paths.includes(`${path}.map`) && hasCode(texts.get(path)),
  ),
);
expectNone(
  'every source map contains its sources from lib',
  maps.filter((path) => !isComplete(path, JSON.parse(texts.get(path)))),
);
expectNone(
  `${Math.round(size / 1000)} kB are packed, of ${sizeLimit / 1000} at most`,
  size > sizeLimit ? [`${size} bytes`] : [],
);
for (const [extension, kind] of [
  ['.js', 'import'],
  ['.cjs', 'require'],
]) {
  const loaded = entryPoints.map(({ path }) => manifest.exports[path][kind].node ?? `${path} without node`);
  expectNone(
    `Node finds all entry points among the bundled files, by ${kind}`,
    loaded.filter((file) => !file.startsWith('./dist/bundled/') || !file.endsWith(extension)),
  );
  expectNone(
    `each class exists once for Node, by ${kind}`,
    classesOf(scripts.filter((path) => path.startsWith('dist/bundled/') && path.endsWith(extension))),
  );
}
expectNone(
  'the entry points for plain data load no peer for Node',
  ['fold', 'request', 'servers'].filter((folder) => peersOf(`dist/bundled/${folder}/index.js`).length > 0),
);
expectNone(
  "the declarations need Node's types only, but for those of a page",
  unknownTypes(entryPoints.filter(({ path }) => !['./angular', './inspector'].includes(path))),
);
if (failed) process.exit(1);
// Of the tarball: each would build and pack the package again.
runNode(['node_modules/publint/src/cli.js', '--strict', tarball]);
runNode(['node_modules/@arethetypeswrong/cli/dist/index.js', tarball]);

/** Returns the errors in the declarations of entry points for a program of Node, which has no types of the DOM. */
function unknownTypes(points) {
  const files = points.flatMap(({ path }) =>
    ['import', 'require'].map((kind) => join(root, manifest.exports[path][kind].types)),
  );
  const { ModuleKind, ModuleResolutionKind, ScriptTarget } = ts;
  const program = ts.createProgram(files, {
    ...{ strict: true, noEmit: true, lib: ['lib.es2022.d.ts'], types: ['node'] },
    ...{ target: ScriptTarget.ES2022, module: ModuleKind.NodeNext },
    moduleResolution: ModuleResolutionKind.NodeNext,
  });
  return ts
    .getPreEmitDiagnostics(program)
    .map(
      ({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
    );
}

/** Returns the packages that a bundled file imports, also by the files that it imports. */
function peersOf(path) {
  const imported = [...texts.get(path).matchAll(/^(?:import|export)\b.*? from "(.+)";$/gm)].map(
    ([, name]) => name,
  );
  return imported.flatMap((name) =>
    name.startsWith('.') ? peersOf(posix.join(posix.dirname(path), name)) : [name],
  );
}

/** Returns the classes that are in several files: an error of one would not be an `instanceof` the other. */
function classesOf(files) {
  const names = files.flatMap((path) =>
    [...texts.get(path).matchAll(/^var (\w+) = class/gm)].map(([, name]) => name),
  );
  if (!names.includes('ServerError'))
    throw new Error('no class is found: the bundler writes them in another way');
  return names.filter((name, at) => names.indexOf(name) !== at);
}

function expectNone(fact, offenders) {
  if (offenders.length === 0) console.log(`ok ${fact}`);
  else {
    failed = true;
    console.error(`FAILED ${fact}, except ${offenders.join(' ')}`);
  }
}

function targetsIn(field) {
  if (field === undefined) return [];
  return typeof field === 'string' ? [field] : Object.values(field).flatMap(targetsIn);
}

/** Whether a text has the path of a folder. `./rootOf` does not have `/root`. */
function names(text, folder) {
  const base = folder.replace(/[\\/]$/, '');
  if (base === '') return false;
  return [base, JSON.stringify(base).slice(1, -1)].some((path) =>
    text
      .split(path)
      .slice(1)
      .some((rest) => !/^\w/.test(rest)),
  );
}

/** Whether a script has more than imports, exports and comments. An index has not, and neither have the bundler's helpers. */
function hasCode(text) {
  const comments = /\/\*[^]*?\*\/|^\/\/.*$/gm;
  const links =
    /^(import|export) [^]*?;$|^(const [\w$]+ = )?require\(.*\);$|^exports\..* = .*;$|^Object\.define.*;$/gm;
  return !text.includes('\\0rolldown/') && text.replaceAll(comments, '').replaceAll(links, '').trim() !== '';
}

function isComplete(path, { sources, sourcesContent, mappings }) {
  const inLib = (source) => posix.join(dirname(path), source).startsWith('lib/');
  return (
    mappings !== '' && sources.every((source, n) => inLib(source) && typeof sourcesContent?.[n] === 'string')
  );
}

/** `./dist/*.d.cts` fits every path with something in place of the star. */
function patternOf(target) {
  const literals = posix.normalize(target).split('*');
  return new RegExp(`^${literals.map((text) => text.replace(/[.$+?()[\]{}|\\^]/g, '\\$&')).join('.+')}$`);
}
