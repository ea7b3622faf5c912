// Looks into the tarball that would be published. Whether it works is for check-consumers.mjs to say.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

import { pack } from './pack.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
/** In bytes, packed. Half of it is source maps. */
const sizeLimit = 700_000;

const temporary = mkdtempSync(join(tmpdir(), 'check-package-'));
const { size, paths } = pack(temporary);
rmSync(temporary, { recursive: true, force: true });

const texts = new Map(paths.map((path) => [path, readFileSync(join(root, path), 'utf8')]));
const scripts = paths.filter((path) => /\.c?js$/.test(path));
const maps = paths.filter((path) => path.endsWith('.map'));
let failed = false;

none(
  'nothing but dist is packed',
  paths.filter((path) => !/^(dist\/.+|package\.json|README\.md|LICENSE)$/.test(path)),
);
none(
  'whatever package.json points at is packed',
  [manifest.main, manifest.module, manifest.types, manifest.exports, manifest.typesVersions]
    .flatMap(targetsIn)
    .filter((target) => !paths.some((path) => patternOf(target).test(path))),
);
none('nothing is a dependency that is no peer', Object.keys(manifest.dependencies ?? {}));
none(
  'no script imports a folder of fp-ts',
  // At the start of a line: a comment may show such an import to a reader, whose bundler takes it.
  scripts.filter((path) => /^(import|export|let|const|var)\b.*['"]fp-ts\//m.test(texts.get(path))),
);
none(
  'no file names a folder of this machine',
  paths.filter((path) => [root, homedir(), tmpdir()].some((folder) => names(texts.get(path), folder))),
);
none(
  'every script with code of its own has a source map',
  scripts.filter((path) => !paths.includes(`${path}.map`) && hasCode(texts.get(path))),
);
none(
  'every source map holds the files of lib that it names',
  maps.filter((path) => !isWhole(path, JSON.parse(texts.get(path)))),
);
none(
  `${Math.round(size / 1000)} kB are packed, of ${sizeLimit / 1000} at most`,
  size > sizeLimit ? [`${size} bytes`] : [],
);
process.exitCode = failed ? 1 : 0;

function none(fact, offenders) {
  if (offenders.length === 0) console.log(`ok ${fact}`);
  else {
    failed = true;
    console.error(`FAILED ${fact}, but for ${offenders.join(' ')}`);
  }
}

function targetsIn(field) {
  if (field === undefined) return [];
  return typeof field === 'string' ? [field] : Object.values(field).flatMap(targetsIn);
}

function names(text, folder) {
  return folder !== '/' && (text.includes(folder) || text.includes(JSON.stringify(folder).slice(1, -1)));
}

/** More than imports, exports and comments: what remains of an index, and of the bundler's own helpers. */
function hasCode(text) {
  const comments = /\/\*[^]*?\*\/|^\/\/.*$/gm;
  const links =
    /^(import|export) [^]*?;$|^(const [\w$]+ = )?require\(.*\);$|^exports\..* = .*;$|^Object\.define.*;$/gm;
  return !text.includes('\\0rolldown/') && text.replaceAll(comments, '').replaceAll(links, '').trim() !== '';
}

function isWhole(path, { sources, sourcesContent, mappings }) {
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
