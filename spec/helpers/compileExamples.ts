import { readFileSync } from 'node:fs';
import { posix, resolve } from 'node:path';

import ts from 'typescript';

const root = resolve(__dirname, '../..').replaceAll('\\', '/');
/** The folder in which examples are compiled, beside the declarations of packages that are not installed. */
const folder = `${root}/spec/helpers/frameworks`;

/** A code example in the documentation. */
export interface Example {
  /** Its file, relative to the root. */
  readonly file: string;
  /** The number of its first line in that file. */
  readonly line: number;
  readonly code: string;
}

/** Returns the `ts` blocks of a Markdown text. */
export function examplesIn(file: string, markdown: string, firstLine = 1): Example[] {
  const examples: Example[] = [];
  let open: { readonly fence: string; readonly line: number; readonly code: string[] } | undefined;
  markdown.split(/\r?\n/).forEach((text, i) => {
    if (open === undefined) {
      const [, fence] = /^\s*(`{3,})ts\s*$/.exec(text) ?? [];
      if (fence !== undefined) open = { fence, line: firstLine + i + 1, code: [] };
    } else if (text.trim() === open.fence) {
      examples.push({ file, line: open.line, code: open.code.join('\n') });
      open = undefined;
    } else {
      open.code.push(text);
    }
  });
  return examples;
}

/** Returns the examples in the doc comments of a TypeScript file. */
export function examplesInComments(file: string, source: string): Example[] {
  return [...source.matchAll(/\/\*\*(.*?)\*\//gs)].flatMap(({ 0: comment, index }) => {
    const line = source.slice(0, index).split('\n').length;
    return examplesIn(file, comment.replace(/^[ \t]*\* ?/gm, ''), line);
  });
}

/** Compiles all examples in one program, as a strict project would. Returns errors as `file:line: message`. */
export const errorsOf = (examples: readonly Example[]): string[] =>
  errorsAt(new Map(examples.map((example, i) => [`${folder}/example-${i}.ts`, example])));

/** Compiles examples in place of files of the project, each by its path from the root. */
export const errorsInPlace = (examples: Readonly<Record<string, Example>>): string[] =>
  errorsAt(new Map(Object.entries(examples).map(([path, example]) => [`${root}/${path}`, example])));

function errorsAt(paths: ReadonlyMap<string, Example>): string[] {
  const host = ts.createCompilerHost(options);
  const { fileExists, getSourceFile, readFile } = host;
  host.fileExists = (path) => paths.has(path) || fileExists(path);
  host.readFile = (path) => paths.get(path)?.code ?? readFile(path);
  host.getSourceFile = (path, target, ...rest) => {
    const example = paths.get(path);
    if (example !== undefined) return ts.createSourceFile(path, example.code, target);
    const known = parsed.get(path) ?? getSourceFile(path, target, ...rest);
    if (known !== undefined) parsed.set(path, known);
    return known;
  };
  const declarations = ['ngrx', 'others'].map((name) => `${folder}/${name}.d.ts`);
  const program = ts.createProgram({ rootNames: [...paths.keys(), ...declarations], options, host });

  const errors = [...program.getOptionsDiagnostics(), ...program.getGlobalDiagnostics()].map(wordsOf);
  for (const [path, { file, line }] of paths) {
    const source = program.getSourceFile(path);
    for (const error of [
      ...program.getSyntacticDiagnostics(source),
      ...program.getSemanticDiagnostics(source),
    ]) {
      const inside = source?.getLineAndCharacterOfPosition(error.start ?? 0).line ?? 0;
      errors.push(`${file}:${line + inside}: ${wordsOf(error)}`);
    }
  }
  return errors;
}

const wordsOf = ({ messageText }: ts.Diagnostic): string => ts.flattenDiagnosticMessageText(messageText, ' ');

/** The files that all programs share: the library and its dependencies. */
const parsed = new Map<string, ts.SourceFile>();

/** The options of this project, except that an example may have unused names and Angular's decorators. */
const options: ts.CompilerOptions = {
  ...ts.parseJsonConfigFileContent(
    ts.parseConfigFileTextToJson('tsconfig.json', readFileSync(posix.join(root, 'tsconfig.json'), 'utf8'))
      .config,
    ts.sys,
    root,
  ).options,
  noUnusedLocals: false,
  noUnusedParameters: false,
  experimentalDecorators: true,
  moduleDetection: ts.ModuleDetectionKind.Force,
};
