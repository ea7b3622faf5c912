import { existsSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';

import ts from 'typescript';

const lib = resolve(__dirname, '../../lib');

/** What a module imports once it is compiled, its types gone. */
function importsOf(file: string): readonly string[] {
  const { outputText } = ts.transpileModule(readFileSync(file, 'utf8'), {
    compilerOptions: {
      module: ts.ModuleKind.ESNext,
      target: ts.ScriptTarget.ES2022,
      verbatimModuleSyntax: true,
    },
  });
  return ts.preProcessFile(outputText).importedFiles.map(({ fileName }) => fileName);
}

/** The files of the library that loading this one loads, and the packages. */
function graphOf(entry: string): { readonly files: readonly string[]; readonly packages: readonly string[] } {
  const files = new Set<string>();
  const packages = new Set<string>();
  const visit = (file: string): void => {
    if (files.has(file)) return;
    files.add(file);
    for (const from of importsOf(file)) {
      if (from.startsWith('.')) visit(resolve(dirname(file), `${from}.ts`));
      else packages.add(from);
    }
  };
  visit(resolve(lib, entry));
  const paths = [...files].map((file) => relative(lib, file).replaceAll('\\', '/'));
  return { files: paths.sort(), packages: [...packages].sort() };
}

describe('the entry point for tests', () => {
  const { files, packages } = graphOf('testing/index.ts');

  it('loads nothing but the peers of the library: no test framework, and nothing of Node', () => {
    expect(packages).toContain('rxjs');
    expect(packages.filter((name) => !/^(rxjs|io-ts|fp-ts\/\w+)$/.test(name))).toEqual([]);
  });

  it('loads everything in its folder, but for the server', () => {
    expect(files).toEqual(
      expect.arrayContaining(['testing/marbles/assertMarbles.ts', 'testing/tape/replayTransport.ts']),
    );
    expect(files).not.toContain('testing/server.ts');
  });

  it('is not loaded by an app', () => {
    expect(graphOf('index.ts').files.filter((file) => file.startsWith('testing/'))).toEqual([]);
  });

  it('needs Node for the server alone', () => {
    const ofServer = graphOf('testing/server.ts').packages.filter((name) => name.startsWith('node:'));
    expect(ofServer.length).toBeGreaterThan(0);
    expect(ofServer.every((name) => !packages.includes(name))).toBe(true);
  });

  it('is seen through by this spec: a type leaves nothing behind', () => {
    const transport = resolve(lib, 'testing/marbles/marbleTransport.ts');
    expect(existsSync(transport)).toBe(true);
    expect(readFileSync(transport, 'utf8')).toContain("from 'rxjs/testing'");
    expect(importsOf(transport)).not.toContain('rxjs/testing');
  });
});
