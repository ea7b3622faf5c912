import { posix } from 'node:path';

import ts from 'typescript';

/** Packages of others that are served to the page. */
const PEERS = /^(rxjs(\/.+)?|fp-ts\/.+|io-ts)$/;

/** Names that a page lacks. */
const NODE_ONLY = /\b(require|Buffer|__dirname)\b|\bprocess\.(?!stdout|env)/;

/**
 * Returns the reason why an example cannot run in a page; `undefined` if it can.
 *
 * @param served - The entry points of the library that are served to the page.
 */
export function whyNotRun(code, served) {
  const missing = importsOf(code).find((name) => !PEERS.test(name) && !served.has(name));
  if (missing !== undefined) return missing.replace(/^(@[^/]+)\/.*/, '$1');
  if (/^\s*(it|describe|test)\(|\bexpect\(/m.test(code)) return 'a test runner';
  if (NODE_ONLY.test(code)) return 'Node';
  return parse(code).statements.every(isDeclaration) ? 'a statement that prints' : undefined;
}

const parse = (code) => ts.createSourceFile('example.ts', code, ts.ScriptTarget.ES2022, true);

/** Whether a statement shows nothing when it runs. */
const isDeclaration = (statement) =>
  ts.isVariableStatement(statement)
    ? observablesIn(statement).length === 0
    : DECLARATIONS.some((is) => is(statement));

const DECLARATIONS = [
  ts.isImportDeclaration,
  ts.isExportDeclaration,
  ts.isFunctionDeclaration,
  ts.isClassDeclaration,
  ts.isInterfaceDeclaration,
  ts.isTypeAliasDeclaration,
];

/** Returns the names of the Observables that a statement declares. They are shown. */
const observablesIn = ({ declarationList }) =>
  declarationList.declarations
    .filter(({ initializer }) => initializer === undefined || !ts.isArrowFunction(initializer))
    .map(({ name }) => name.getText())
    .filter((name) => name.endsWith('$'));

/** Returns the packages that an example imports. */
export const importsOf = (code) => [...code.matchAll(/\bfrom '([^']+)'/g)].map(([, name = '']) => name);

/**
 * Finds the `ts` blocks of a Markdown text.
 *
 * @returns The blocks, each with its code, the offset of its end, and its indentation.
 */
export const blocksIn = (markdown) =>
  [...markdown.matchAll(/^( *)(`{3,})ts\s*\n(.*?)^ *\2 *$/gms)].map(
    ({ 0: text, 1: indent, 3: code, index }) => ({
      code: code.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
      end: index + text.length,
      indent,
    }),
  );

/**
 * Converts an example to a module that the page imports.
 *
 * Its default export runs it with a console, and returns the values of its statements and of the constants that end in `$`, each
 * with its name. The Observables among them are cold.
 *
 * @param code - The example in TypeScript.
 * @param toLib - The way from the module to the served packages.
 */
export function moduleOf(code, toLib) {
  const source = parse(code);
  const imports = [];
  const observables = [];
  let body = '';
  let end = 0;
  for (const statement of source.statements) {
    if (ts.isImportDeclaration(statement)) {
      imports.push(statement.getText());
      end = statement.end;
      continue;
    }
    body += code.slice(end, statement.getStart());
    end = statement.end;
    const text = statement
      .getText()
      .replace(/^export (?=(?:abstract |async )?(?:const|let|class|function|interface|type)\b)/, '');
    if (ts.isExpressionStatement(statement) && !ts.isAwaitExpression(statement.expression)) {
      body += `made.push(['', ${statement.expression.getText()}]);`;
    } else {
      if (ts.isVariableStatement(statement)) {
        observables.push(...observablesIn(statement));
      }
      body += text;
    }
  }
  const whole = [
    ...imports,
    'export default async function (console: any, process: any) {',
    'const made: unknown[] = [];',
    body,
    ...observables.map((name) => `made.push(['${name}', ${name}]);`),
    'return made;',
    '}',
  ].join('\n');
  const { outputText } = ts.transpileModule(whole, {
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      experimentalDecorators: true,
    },
  });
  return outputText.replace(/(\bfrom )["']([^"']+)["']/g, (_, from, name) => `${from}'${toLib}/${name}.js'`);
}

/** Returns the way from a module below `examples` to the served packages. */
export const wayToLib = (file) => posix.relative(posix.dirname(file), 'lib');
