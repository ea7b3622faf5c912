import { readdirSync, readFileSync } from 'node:fs';
import { posix, resolve, sep } from 'node:path';

import ts from 'typescript';

/**
 * The order of the data, from the request to the screen: a file imports from its own folder and from those before it, and never
 * itself by way of others.
 * A layer is a folder, except that `errors.ts` and `index.ts` are one each.
 */
const layers = [
  'errors',
  'rx',
  'codec',
  'decode',
  'servers',
  'request',
  'transport',
  'tape',
  'node',
  'sse',
  'fold',
  'response',
  'call',
  'dialects',
  'json',
  'schema',
  'operators',
  'structured',
  'state',
  'tools',
  'conversation',
  'resume',
  'relay',
  'opentelemetry',
  'inspector',
  'index',
  'testing',
  'angular',
] as const;
type Layer = (typeof layers)[number];

/** The home of each dependency. No other package may be imported, because users would have to install it. */
const homes: Record<string, { readonly of: readonly Layer[]; readonly typesOf?: readonly Layer[] }> = {
  rxjs: {
    of: layers.filter(
      (layer) => !['codec', 'decode', 'servers', 'tape', 'fold', 'json', 'schema'].includes(layer),
    ),
  },
  'io-ts': {
    of: ['codec', 'decode', 'dialects', 'schema', 'tools', 'conversation', 'angular'],
    typesOf: ['errors', 'operators'],
  },
  '@angular': { of: ['angular'] },
  '@opentelemetry': { of: ['opentelemetry'] },
  'fp-ts': {
    of: [
      'codec',
      'decode',
      'response',
      'call',
      'dialects',
      'schema',
      'operators',
      'state',
      'tools',
      'conversation',
      'inspector',
      'resume',
      'relay',
      'angular',
    ],
  },
};

/** Plain functions that an RxJS of another version could share. */
const withoutRxjs = ['operators/resilience/policies.ts'];

/** The files for Node alone, and the one that calls fetch. */
const isNodeOnly = (path: string): boolean => /^(relay\/)?node\//.test(path) || path === 'testing/server.ts';
const sender = 'transport/fetchTransport.ts';

/** What breaks the order, a line each. Paths are those below `lib`, with `/`. */
function violations(files: ReadonlyMap<string, string>): string[] {
  const sources = [...files].map(
    ([path, text]) => [path, ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)] as const,
  );
  const imports = new Map(sources.map(([path, source]) => [path, importsOf(source)]));
  return sources.flatMap(([path, source]) => {
    const own = imports.get(path) ?? [];
    return [
      ...(layerOf(path) === undefined ? ['is in no layer'] : []),
      ...own.flatMap((each) => importViolations(path, each, files)),
      ...(reachedFrom(path, imports).has(path) ? ['imports itself by way of others'] : []),
      ...callViolations(path, source),
      ...(posix.basename(path) === 'index.ts' && !source.statements.every(isReexport) ? ['has logic'] : []),
    ].map((violation) => `${path} ${violation}`);
  });
}

function layerOf(path: string): Layer | undefined {
  if (path === 'errors.ts') return 'errors';
  if (path === 'index.ts') return 'index';
  return layers.find((layer) => path.startsWith(`${layer}/`));
}

interface Import {
  readonly from: string;
  /** Leaves nothing behind once compiled: `import type`, and `import('…')` as a type. */
  readonly typeOnly: boolean;
}

function importsOf(source: ts.SourceFile): Import[] {
  const found: Import[] = [];
  const add = (from: ts.Node | undefined, typeOnly: boolean): void => {
    if (from !== undefined && ts.isStringLiteralLike(from)) found.push({ from: from.text, typeOnly });
  };
  walk(source, (node) => {
    if (ts.isImportDeclaration(node)) {
      add(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword);
    } else if (ts.isExportDeclaration(node)) {
      add(node.moduleSpecifier, node.isTypeOnly);
    } else if (ts.isExternalModuleReference(node)) {
      add(node.expression, false);
    } else if (ts.isImportTypeNode(node)) {
      add(ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, true);
    } else if (ts.isCallExpression(node) && isLoader(node.expression)) {
      add(node.arguments[0], false);
    }
  });
  return found;
}

/** The files that a file imports, and those that they import. A type counts as well. */
function reachedFrom(path: string, imports: ReadonlyMap<string, readonly Import[]>): Set<string> {
  const reached = new Set<string>();
  const visit = (each: string): void => {
    for (const { from } of imports.get(each) ?? []) {
      const target = targetOf(each, from);
      if (!from.startsWith('.') || reached.has(target)) continue;
      reached.add(target);
      visit(target);
    }
  };
  visit(path);
  return reached;
}

const targetOf = (path: string, from: string): string => `${posix.join(posix.dirname(path), from)}.ts`;

function isLoader(callee: ts.Expression): boolean {
  return (
    callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === 'require')
  );
}

function importViolations(
  path: string,
  { from, typeOnly }: Import,
  files: ReadonlyMap<string, string>,
): string[] {
  const layer = layerOf(path);
  if (layer === undefined) return [];
  if (from.startsWith('.')) {
    const target = targetOf(path, from);
    if (!files.has(target)) return [`imports ${from}, which is no file of lib`];
    if (layer === 'errors') return [`imports ${from}, and everything imports it`];
    // An index.ts is for users: inside lib a file imports the file it means.
    if (posix.basename(target) === 'index.ts') return [`imports ${from}, an index`];
    const there = layerOf(target);
    // An entry point may re-export from anywhere, and does nothing else.
    if (posix.basename(path) === 'index.ts') return [];
    return there !== undefined && layers.indexOf(there) > layers.indexOf(layer)
      ? [`imports ${from}, from a later layer`]
      : [];
  }
  if (from.startsWith('node:')) return isNodeOnly(path) ? [] : [`imports ${from}, which browsers lack`];
  const home = homes[from.split('/')[0] ?? ''];
  if (home === undefined) return [`imports ${from}, which is no peer dependency`];
  if (home === homes['rxjs'] && withoutRxjs.includes(path))
    return [`imports ${from}, and is to work without`];
  const allowed = home.of.includes(layer) || (typeOnly && home.typesOf?.includes(layer));
  return allowed ? [] : [`imports ${from}, which has its home elsewhere`];
}

function callViolations(path: string, source: ts.SourceFile): string[] {
  const found: string[] = [];
  walk(source, (node) => {
    if (isNamed(node, 'fetch') && path !== sender && (isCalled(node) || isGlobal(node))) {
      found.push('sends a request');
    }
    if (ts.isPropertyAccessExpression(node) && isNamed(node.expression, 'console')) {
      found.push('writes to the console');
    }
  });
  return found;
}

function isNamed(node: ts.Node, name: string): node is ts.Identifier {
  return ts.isIdentifier(node) && node.text === name;
}

/** `fetch(…)`, and `anything.fetch(…)` as well: a fetch from the config is one too. */
function isCalled(name: ts.Identifier): boolean {
  const callee = ts.isPropertyAccessExpression(name.parent) ? name.parent : name;
  return ts.isCallExpression(callee.parent) && callee.parent.expression === callee;
}

function isGlobal({ parent }: ts.Identifier): boolean {
  return (
    ts.isPropertyAccessExpression(parent) &&
    ['globalThis', 'window', 'self'].some((name) => isNamed(parent.expression, name))
  );
}

function isReexport(statement: ts.Statement): boolean {
  return ts.isExportDeclaration(statement) && statement.moduleSpecifier !== undefined;
}

function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  node.forEachChild((child) => {
    walk(child, visit);
  });
}

function filesOf(folder: string): Map<string, string> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.ts'),
  );
  return new Map(
    paths.map((path) => [path.split(sep).join('/'), readFileSync(resolve(folder, path), 'utf8')]),
  );
}

describe('the layers of lib', () => {
  it('are kept by every file', () => {
    const files = filesOf(resolve(__dirname, '../lib'));
    expect(files.size).toBeGreaterThan(0);
    expect(violations(files)).toEqual([]);
  });

  const around = {
    'errors.ts': '',
    'sse/lines.ts': '',
    'codec/Usage.ts': '',
    'call/call.ts': '',
    'operators/either/orFail.ts': '',
    'index.ts': '',
  };
  const found = (path: string, text: string): string[] =>
    violations(new Map(Object.entries({ ...around, [path]: text })));

  it.each([
    ['a later folder', 'codec/toText.ts', "import { lines } from '../sse/lines';"],
    ['a later folder, for a type', 'codec/toText.ts', "import type { lines } from '../sse/lines';"],
    ['a later folder, in a type', 'codec/toText.ts', "export type L = import('../sse/lines').lines;"],
    ['a later folder, at run time', 'codec/toText.ts', "export const later = () => import('../sse/lines');"],
    ['a later folder, by an export', 'codec/toText.ts', "export { lines } from '../sse/lines';"],
    ['an operator, into a call', 'call/models.ts', "import { orFail } from '../operators/either/orFail';"],
    ['anything, into errors', 'errors.ts', "import { lines } from './sse/lines';"],
    ['an index', 'testing/fetchOf.ts', "import { call } from '../index';"],
    ['a folder', 'testing/fetchOf.ts', "import { call } from '../codec';"],
    ['a file with its extension', 'sse/toText.ts', "import { lines } from './lines.js';"],
    ['rxjs, into a codec', 'codec/Chunk.ts', "import { map } from 'rxjs';"],
    ['rxjs, into a fold', 'fold/content.ts', "import { scan } from 'rxjs/operators';"],
    ['rxjs, into the policies', 'operators/resilience/policies.ts', "import { timer } from 'rxjs';"],
    ['io-ts, outside the codecs', 'operators/structured.ts', "import * as t from 'io-ts';"],
    ['rxjs, into a schema', 'schema/jsonSchemaOf.ts', "import { map } from 'rxjs';"],
    ['io-ts as a value, into errors', 'errors.ts', "import { type Errors } from 'io-ts';"],
    ['fp-ts, into a fold', 'fold/content.ts', "import { pipe } from 'fp-ts/function';"],
    ['Angular, outside its entry point', 'state/ChatState.ts', "import { signal } from '@angular/core';"],
    ['another package', 'sse/lines.ts', "import { createParser } from 'eventsource-parser';"],
    ['this package', 'testing/fetchOf.ts', "import { call } from 'rxjs-chat-completions';"],
    ['what only Node has', 'sse/lines.ts', "import { Buffer } from 'node:buffer';"],
  ])('refuse an import of %s', (_, path, text) => {
    expect(found(path, text)).toHaveLength(1);
  });

  it('refuse a file that imports itself by way of others, for a type too', () => {
    const files = {
      'sse/events.ts': "import { usual } from './usual';",
      'sse/usual.ts': "import type { Rules } from './rules';",
      'sse/rules.ts': "export type { Rules } from './events';",
      'sse/lines.ts': "import { usual } from './usual';",
    };
    expect(violations(new Map(Object.entries(files)))).toEqual(
      ['events', 'usual', 'rules'].map((name) => `sse/${name}.ts imports itself by way of others`),
    );
  });

  it.each([
    ['fetch(…)', 'sse/lines.ts', "export const send = () => fetch('/');"],
    ['a fetch that was handed in', 'call/call.ts', 'export const send = (config) => config.fetch(1);'],
    ["the platform's fetch", 'call/call.ts', 'export const send = globalThis.fetch;'],
    ['the console', 'call/call.ts', "export const send = () => console.log('sent');"],
    ['logic in an index', 'index.ts', 'export const answer = 42;'],
    ['a folder that is in no order', 'helpers/cut.ts', 'export const cut = 1;'],
  ])('refuse %s', (_, path, text) => {
    expect(found(path, text)).toHaveLength(1);
  });

  it.each([
    ['an earlier folder', 'sse/lines.ts', "import { Usage } from '../codec/Usage';"],
    ['the same folder', 'codec/Chunk.ts', "import { Usage } from './Usage';"],
    ['the errors', 'sse/lines.ts', "import { LimitError } from '../errors';"],
    ['the types of io-ts, into errors', 'errors.ts', "import type { Errors } from 'io-ts';"],
    ['what Node has, into its transport', 'node/agents.ts', "import { Agent } from 'node:http';"],
    ['what Node has, into the server', 'testing/server.ts', "import { createServer } from 'node:http';"],
    ['a re-export, into an index', 'index.ts', "export { Usage } from './codec/Usage';"],
    [
      'what a comment shows',
      'fold/content.ts',
      "/** import { map } from 'rxjs'; fetch('/'); console.log() */",
    ],
    ['the type of fetch', 'call/call.ts', 'export interface Config { readonly fetch?: typeof fetch }'],
  ])('allow %s', (_, path, text) => {
    expect(found(path, text)).toEqual([]);
  });
});
