import { readdirSync, readFileSync } from 'node:fs';
import { dirname, resolve, sep } from 'node:path';

import { hasOutcome, run, whyNotRun } from './helpers/runExamples';
import { errorsOf, examplesIn, examplesInComments, type Example } from './helpers/compileExamples';

const root = resolve(__dirname, '..');

const filesBelow = (folder: string, end: string): string[] =>
  readdirSync(resolve(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(end))
    .map((path) => `${folder}/${path.split(sep).join('/')}`)
    .sort();
const read = (file: string): string => readFileSync(resolve(root, file), 'utf8');

const pages = ['README.md', ...filesBelow('docs', '.md')];
const sources = filesBelow('lib', '.ts');
const examples: readonly Example[] = [
  ...pages.flatMap((file) => examplesIn(file, read(file))),
  ...sources.flatMap((file) => examplesInComments(file, read(file))),
];

const runnable = examples.filter((example) => whyNotRun(example) === undefined);
const asserting = runnable.filter(hasOutcome);

/** The folder of a file in `lib`, or the page itself. */
const placeOf = ({ file }: Example): string => (file.startsWith('lib/') ? dirname(file) : file);

/** The packages that are missing to run an example, with the number of examples. */
const needs = new Map<string, number>();
for (const need of examples.map(whyNotRun)) {
  if (need !== undefined) needs.set(need, (needs.get(need) ?? 0) + 1);
}
const missing = [...needs].map(([need, count]) => `${need} (${count})`).join(', ');

describe(`the ${examples.length} examples of the documentation`, () => {
  it('compile', () => {
    expect(errorsOf(examples)).toEqual([]);
  }, 120_000);

  describe(`run, ${runnable.length} of them, against a scripted model; ${asserting.length} assert their result`, () => {
    it.each([...new Set(runnable.map(placeOf))])(
      'in %s',
      async (place) => {
        const problems: string[] = [];
        for (const example of runnable) {
          if (placeOf(example) === place) problems.push(...(await run(example)));
        }
        expect(problems).toEqual([]);
      },
      60_000,
    );
  });

  it(`are only compiled if they need ${missing}`, () => {
    const frameworks = [
      '@angular',
      'rxjs-chat-completions/angular',
      '@hono',
      '@nestjs',
      '@ngrx',
      'express',
      'fastify',
      'hono',
      'react',
      'redis',
      'redux-observable',
      'vue',
    ];
    const ofNode = [
      'rxjs-chat-completions/node',
      'rxjs-chat-completions/relay/node',
      './chat',
      'node:async_hooks',
      'node:fs',
      'node:http',
      'node:https',
    ];
    expect([...frameworks, ...ofNode, 'a test runner']).toEqual(expect.arrayContaining([...needs.keys()]));
  });

  describe('on a page', () => {
    const statements = examples
      .filter(({ file, code }) => pages.includes(file) && !code.includes('scripted'))
      .flatMap(({ file, code }) => code.split(/;\n+(?=\S|$)/).map((statement) => ({ file, statement })));

    it('handle the errors of a call that they subscribe to', () => {
      const subscribed = statements.filter(({ statement }) =>
        /\b(chatCompletion|completion|models|embeddings)\$\([^]*\.subscribe\(/.test(statement),
      );
      const handled = /\berror: |\bto(ChatState|RunState|Either)\(/; // the operators never error
      expect(subscribed.length).toBeGreaterThan(10);
      expect(subscribed.filter(({ statement }) => !handled.test(statement))).toEqual([]);
    });

    it('subscribe to a call, or name it, because one without either sends nothing', () => {
      const discarded = statements.filter(
        ({ statement }) =>
          /^(\/\/.*\n)*\w+\$(\(|\.pipe\()/.test(statement) && !statement.includes('.subscribe('),
      );
      expect(discarded).toEqual([]);
    });
  });

  it('are reported by file and line when they fail', async () => {
    const code = [
      "import { EMPTY, throwError } from 'rxjs';",
      'console.assert(1 + 1 === 2);',
      'console.assert(1 + 1 === 3);',
      'EMPTY.subscribe(() => console.assert(true));',
      "const cold$ = throwError(() => new Error('cold'));",
      "throwError(() => new Error('hot')).subscribe();",
      "throwError(() => new Error('logged')).subscribe({ error: (error) => console.error(error) });",
    ];
    expect(await run({ file: 'page.md', line: 10, code: code.join('\n') }, 30)).toEqual([
      'page.md:12: the assertion fails',
      'page.md:10: Error: logged',
      'page.md:10: Error: cold',
      'page.md:10: Error: hot',
      'page.md:13: the assertion is not reached',
    ]);
    expect(await run({ file: 'page.md', line: 1, code: "throw new Error('thrown');" })).toEqual([
      'page.md:1: Error: thrown',
    ]);
    const failing = "it('fails', () => Promise.reject(new Error('in a test')));";
    expect(await run({ file: 'page.md', line: 1, code: failing })).toEqual(['page.md:1: Error: in a test']);
  });

  it('are reported by file and line when they do not compile', () => {
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
      ' * Text.',
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

  it('are found in every block marked as TypeScript, and in no other', () => {
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
      '````ts',
      '```ts',
      '```',
      '````',
    ];
    expect(examplesIn('page.md', page.join('\n'))).toEqual([
      { file: 'page.md', line: 5, code: 'one;' },
      { file: 'page.md', line: 8, code: '    two;' },
      { file: 'page.md', line: 14, code: '```ts\n```' },
    ]);
  });

  it('are found in every part of the library', () => {
    const folders = new Set(
      examples.filter(({ file }) => file.startsWith('lib/')).map(({ file }) => file.split('/')[1]),
    );
    expect([...folders]).toEqual(
      expect.arrayContaining([
        'angular',
        'call',
        'codec',
        'decode',
        'fold',
        'operators',
        'request',
        'response',
        'sse',
        'state',
        'testing',
        'transport',
      ]),
    );
  });
});

describe('docs/which-operator.md', () => {
  it('names every operator', () => {
    const exported = read('lib/index.ts').matchAll(/^export \{([^}]+)\} from '\.\/(?:operators|state)\//gm);
    const operators = [...exported]
      .flatMap(([, names = '']) => names.split(','))
      .map((name) => name.trim())
      .filter((name) => name !== '' && !name.startsWith('type '));
    const page = read('docs/which-operator.md');
    expect(operators.length).toBeGreaterThan(20);
    expect(operators.filter((name) => !page.includes(`${name}(`))).toEqual([]);
  });
});

describe('docs/errors-and-endings.md', () => {
  /** The code of the library, without comments, and with the backticks of template literals unescaped. */
  const code = sources
    .map((file) => read(file).replace(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, ''))
    .join('\n')
    .replaceAll('\\`', '`');

  /** The texts in the first column of the table of common errors. Names and numbers in it are no quotes. */
  const quotes = [...read('docs/errors-and-endings.md').matchAll(/^\| ([^|]+?) +\|/gm)]
    .flatMap(([, cell = '']) => [...cell.matchAll(/(`+) ?(.+?) ?\1(?!`)/g)].map(([, , text = '']) => text))
    .filter((text) => /\s/.test(text));

  /** Whether a text is in the code, where `…` stands for a value, or at the end for all that follows. */
  const isQuoted = (text: string): boolean => {
    const parts = text
      .replace(/ …$/, '')
      .split('…')
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    return new RegExp(parts.join('\\$\\{.+?\\}')).test(code);
  };

  it('quotes the texts of errors as the library writes them', () => {
    expect(quotes.length).toBeGreaterThan(15);
    expect(quotes.filter((text) => !isQuoted(text))).toEqual([]);
    expect(isQuoted('is Ollama running? Start it.')).toBe(false);
  });
});
