import { existsSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';

import ts from 'typescript';

const lib = resolve(__dirname, '../../lib');

/** Returns the imports of a compiled module, without types. */
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

/** Returns the files of the library and the packages that loading a file loads. */
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

describe('the entry point testing', () => {
  const { files, packages } = graphOf('testing/index.ts');

  it('loads only the peer dependencies: no test framework and no Node module', () => {
    expect(packages).toContain('rxjs');
    expect(packages.filter((name) => !/^(rxjs|io-ts|fp-ts\/\w+)$/.test(name))).toEqual([]);
  });

  it('loads its folder, except for the server', () => {
    expect(files).toEqual(
      expect.arrayContaining(['testing/marbles/assertMarbles.ts', 'testing/tape/replayTransport.ts']),
    );
    expect(files).not.toContain('testing/server.ts');
  });

  it('is not loaded by the main entry', () => {
    expect(graphOf('index.ts').files.filter((file) => file.startsWith('testing/'))).toEqual([]);
  });

  it('needs Node for the server only', () => {
    const ofServer = graphOf('testing/server.ts').packages.filter((name) => name.startsWith('node:'));
    expect(ofServer.length).toBeGreaterThan(0);
    expect(ofServer.every((name) => !packages.includes(name))).toBe(true);
  });

  it('imports types without loading them', () => {
    const transport = resolve(lib, 'testing/marbles/marbleTransport.ts');
    expect(existsSync(transport)).toBe(true);
    expect(readFileSync(transport, 'utf8')).toContain("from 'rxjs/testing'");
    expect(importsOf(transport)).not.toContain('rxjs/testing');
  });
});
