import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import * as rxjs from 'rxjs';
import * as library from 'rxjs-chat-completions';
import ts from 'typescript';

import { errorsInPlace, examplesIn, examplesInComments, type Example } from './helpers/compileExamples';
import * as marbles from './helpers/marbles';

const read = (file: string): string => readFileSync(resolve(__dirname, '..', file), 'utf8');
const page = read('CONTRIBUTING.md');
const blocks = examplesIn('CONTRIBUTING.md', page);
const [operator, itsSpec, itsExport] = blocks as [Example, Example, Example];

/** Runs a block as a module that imports `modules`, and returns its exports. */
function load({ code }: Example, modules: Readonly<Record<string, unknown>>): object {
  const exports = {};
  const text = ts.transpile(code, { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS });
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- a page of ours
  const run = new Function('require', 'exports', text) as (
    require: (name: string) => unknown,
    to: object,
  ) => void;
  run((name) => modules[name], exports);
  return exports;
}

describe('the operator in CONTRIBUTING.md', () => {
  it('has a file, a spec and an export', () => {
    expect(blocks).toHaveLength(3);
  });

  it('compiles with its example, its spec and the library that exports it', () => {
    const index = read('lib/index.ts');
    const [example] = examplesInComments('CONTRIBUTING.md', page);
    expect(
      errorsInPlace({
        'lib/operators/takeContent.ts': operator,
        'spec/operators/takeContent.spec.ts': itsSpec,
        'lib/index.ts': { file: 'lib/index.ts', line: 1, code: index + itsExport.code },
        'spec/helpers/frameworks/takeContent.ts': example!,
      }),
    ).toEqual([]);
  }, 60_000);

  load(itsSpec, {
    'rxjs-chat-completions': { ...library, ...load(operator, { rxjs }) },
    '../helpers/marbles': marbles,
  });
});
