import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve, sep } from 'node:path';

import { errorsOf, examplesIn, examplesInComments, type Example } from './helpers/compileExamples';

const root = resolve(__dirname, '..');

const filesBelow = (folder: string, end: string): string[] =>
  existsSync(resolve(root, folder))
    ? readdirSync(resolve(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((path) => path.endsWith(end))
        .map((path) => `${folder}/${path.split(sep).join('/')}`)
        .sort()
    : [];
const read = (file: string): string => readFileSync(resolve(root, file), 'utf8');

const pages = ['README.md', ...filesBelow('docs', '.md')].filter((file) => existsSync(resolve(root, file)));
const sources = filesBelow('lib', '.ts');
const examples: readonly Example[] = [
  ...pages.flatMap((file) => examplesIn(file, read(file))),
  ...sources.flatMap((file) => examplesInComments(file, read(file))),
];

describe(`the ${examples.length} examples of the documentation`, () => {
  it('compile', () => {
    expect(errorsOf(examples)).toEqual([]);
  }, 120_000);

  it('are told by file and line when they do not', () => {
    const page = [
      '# Title',
      '',
      '```ts',
      "import { chatCompletion$ } from 'rxjs-chat-completions';",
      'chatCompletion$(5);',
      '```',
    ];
    const comment = [
      'const a = 1;',
      '/**',
      ' * Words.',
      ' *',
      ' * ```ts',
      " * const b: string = 'b';",
      ' * b = 5;',
      ' * ```',
      ' */',
    ];
    expect(
      errorsOf([
        ...examplesIn('page.md', page.join('\n')),
        ...examplesInComments('lib/a.ts', comment.join('\n')),
      ]),
    ).toEqual([
      'page.md:5: Expected 2 arguments, but got 1.',
      "lib/a.ts:7: Cannot assign to 'b' because it is a constant.",
    ]);
  }, 60_000);

  it('are found in every block that is marked as TypeScript, and in no other', () => {
    const page = [
      '```sh',
      'npm start',
      '```',
      '```ts',
      'one;',
      '```',
      '    ```ts',
      '    two;',
      '    ```',
      '```text',
      'no',
      '```',
    ];
    expect(examplesIn('page.md', page.join('\n'))).toEqual([
      { file: 'page.md', line: 5, code: 'one;' },
      { file: 'page.md', line: 8, code: '    two;' },
    ]);
  });

  it('are found in every part of the library', () => {
    const folders = new Set(
      examples.filter(({ file }) => file.startsWith('lib/')).map(({ file }) => file.split('/')[1]),
    );
    expect([...folders]).toEqual(
      expect.arrayContaining([
        'angular',
        'body',
        'codec',
        'fold',
        'operators',
        'request',
        'retry',
        'state',
        'testing',
      ]),
    );
  });
});
