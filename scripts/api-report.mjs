// Writes the exports of each entry point, from the published declarations, so that a review shows changes of the public API.
//
//   npm run api         writes etc/*.api.md
//   npm run check:api   fails when they differ from dist
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

import { format, resolveConfig } from 'prettier';
import ts from 'typescript';

import './ensure-built.mjs';
import { entryPoints } from './entry-points.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'etc');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const style = await resolveConfig(join(folder, 'any.md'));
const checkOnly = process.argv.includes('--check');

const program = ts.createProgram(
  entryPoints.map(({ types }) => join(root, types)),
  { module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2022, types: [], strict: true },
);
const checker = program.getTypeChecker();
const printer = ts.createPrinter({ removeComments: true });

const exportsOf = new Map(entryPoints.map(({ name, types }) => [name, symbolsIn(join(root, types))]));
/** Symbols that some entry point exports. */
const named = new Set([...exportsOf.values()].flatMap((symbols) => [...symbols.values()]));

const reports = new Map();
for (const [name, symbols] of exportsOf) {
  const fileName = `${name.replace(`${manifest.name}/`, '').replaceAll('/', '-')}.api.md`;
  reports.set(fileName, await reportOf(name, symbols));
}

const present = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.api.md')) : [];
const stale = present.filter((name) => !reports.has(name));
if (checkOnly) compare();
else write();

/** Returns the exports of a declaration file by name. */
function symbolsIn(file) {
  const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(file)));
  return new Map(exported.map((symbol) => [symbol.name, target(symbol)]));
}

async function reportOf(name, exported) {
  const hidden = reachableFrom(exported.values());
  const sections = [
    `# ${name}`,
    'The exports of this entry point, without comments. `npm run api` writes this file.',
    blockOf(exported),
    ...(hidden.size > 0 ? ['## Not exported, but part of the exports', blockOf(hidden)] : []),
  ];
  return format(sections.join('\n\n'), { ...style, parser: 'markdown' });
}

/** Formats the declarations, sorted by name. */
function blockOf(symbols) {
  const declarations = [...symbols]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, symbol]) => symbol.declarations.map((declaration) => textOf(name, declaration)));
  return ['```ts', declarations.join('\n\n'), '```'].join('\n');
}

function textOf(name, declaration) {
  const statement = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
  const text = printer.printNode(ts.EmitHint.Unspecified, statement, declaration.getSourceFile());
  const own = declaration.name?.text;
  return own === undefined || own === name ? text : `${text} // exported as ${name}`;
}

/** Returns the symbols of this package that the exports refer to and that are not exported. */
function reachableFrom(exported) {
  const hidden = new Map();
  const queue = new Set(exported); // Grows while it is iterated.
  for (const symbol of queue) {
    for (const declaration of symbol.declarations ?? []) visit(declaration);
  }
  return hidden;

  function visit(node) {
    node.forEachChild(visit);
    if (!ts.isIdentifier(node)) return;
    const found = checker.getSymbolAtLocation(node);
    const symbol = found && target(found);
    if (symbol === undefined || named.has(symbol) || !symbol.declarations?.some(isOurs)) return;
    queue.add(symbol);
    hidden.set(symbol.name, symbol);
  }
}

function isOurs(declaration) {
  const path = relative(root, declaration.getSourceFile().fileName).split(sep);
  const statement = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
  return path[0] === 'dist' && ts.isSourceFile(statement.parent);
}

function target(symbol) {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

function write() {
  mkdirSync(folder, { recursive: true });
  for (const name of stale) rmSync(join(folder, name));
  for (const [name, text] of reports) writeFileSync(join(folder, name), text);
}

function compare() {
  for (const name of stale) console.error(`etc/${name} does not belong to an entry point`);
  const changed = [...reports].filter(([name, text]) => !present.includes(name) || read(name) !== text);
  for (const [name, text] of changed) {
    console.error(`etc/${name} differs from dist\n${difference(name, text)}`);
  }
  if (changed.length + stale.length === 0) return console.log(`${reports.size} API reports are up to date`);
  console.error('If the change is intended, run `npm run api` and commit what it writes.');
  process.exitCode = 1;
}

function read(name) {
  return readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n');
}

/** Returns the diff that git prints, or nothing without git. */
function difference(name, text) {
  const args = ['diff', '--no-index', '--no-color', '--unified=1', '--', join(folder, name), '-'];
  const { stdout } = spawnSync('git', args, { input: text, encoding: 'utf8' });
  return (stdout ?? '').split('\n').slice(4).join('\n');
}
