import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import fc from 'fast-check';

import { cellsOf, createPage } from '../../examples/chat/page';
import { describeCall } from '../../examples/chat/runView';
import { sanitize } from '../../examples/chat/sanitize';
import { createScreen, type Screen } from '../../examples/chat/screen';
import { renderTable } from '../../examples/chat/table';
import { wrapText } from '../../examples/chat/wrapText';

/** Prints with a screen and returns what it has written to both streams. */
function print(
  columns: number | undefined,
  use: (screen: Screen) => void,
  env: Readonly<Record<string, string>> = {},
): string {
  let written = '';
  const stream = {
    isTTY: columns !== undefined,
    columns: columns ?? 0,
    write: (text: unknown) => !!(written += String(text)),
  };
  const { NO_COLOR, TERM } = process.env;
  delete process.env.NO_COLOR;
  Object.assign(process.env, { TERM: 'xterm', ...env });
  try {
    use(createScreen(stream, stream));
  } finally {
    if (NO_COLOR === undefined) delete process.env.NO_COLOR;
    else process.env.NO_COLOR = NO_COLOR;
    process.env.TERM = TERM ?? 'xterm';
  }
  return written;
}

/** Each way to print received text. */
const outputs: readonly (readonly [name: string, use: (screen: Screen, texts: readonly string[]) => void])[] =
  [
    ['info', (screen, texts) => texts.forEach((text) => screen.info(text))],
    ['error', (screen, texts) => texts.forEach((text) => screen.error(text))],
    ['status', (screen, texts) => texts.forEach((text) => screen.status(text))],
    ['ask', (screen, texts) => texts.forEach((text) => screen.ask(text))],
    ['echo', (screen, texts) => texts.forEach((text) => screen.echo(text))],
    ['block', (screen, texts) => render(screen.block(), texts)],
    ['answer', (screen, texts) => write(screen.answer(), texts)],
    ['reasoning', (screen, texts) => write(screen.reasoning(), texts)],
  ];

function write(writer: ReturnType<Screen['answer']>, texts: readonly string[]): void {
  texts.forEach((text) => writer.write(text));
  writer.end();
}

function render(block: ReturnType<Screen['block']>, texts: readonly string[]): void {
  texts.forEach((text) => block.render(text));
  block.end();
}

const SEQUENCES = [
  '\x1b]0;OWNED\x07',
  '\x1b]52;c;T1dORUQ=\x1b\\',
  '\x1b[2J',
  '\x1b[31m',
  '\x1b[1A',
  '\x1bc',
  '\x1bP1$r\x1b\\',
  '\x9b31m',
  '\x9d0;OWNED\x9c',
  '\x07\x08\r\v\f\0\x7f',
  '\u202e\u2066\u061c\u200f',
];
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(...SEQUENCES),
      fc.constantFrom('\x1b', '[', ']', '2J', '**a** ', '\n', '`'),
      fc.string(),
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(''));

/** The sequences that the screen itself writes: styles, cursor left and up, clear line and screen. */
const OWN = /\x1b\[(\d+m|[JK]|\d+[AD])|\r(?=\x1b\[K)/g;

/** Returns what the screen shows of an answer that arrives in parts of a size, without the sequences of its styles. */
const shownInParts = (text: string, size: number): string =>
  print(80, (screen) => write(screen.answer(), text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [])).replace(
    OWN,
    '',
  );

describe('sanitize', () => {
  it('removes every control character except line feed and tab', () => {
    fc.assert(
      fc.property(text, (unsafe) => {
        expect(sanitize(unsafe)).toMatch(/^[\P{Cc}\n\t]*$/u);
        expect(sanitize(unsafe)).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/u);
        expect(sanitize(sanitize(unsafe))).toBe(sanitize(unsafe));
      }),
      { numRuns: 2_000 },
    );
  });

  it('does not change other text', () => {
    const plain = 'Zürich 漢字 🙂\n\tשלום';
    expect(sanitize(plain)).toBe(plain);
  });
});

describe.each(outputs)('%s of the screen', (_, use) => {
  it.each([undefined, 80, 0])('prints received text as if it were sanitized (width %p)', (columns) => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 4 }), (texts) => {
        const written = print(columns, (screen) => use(screen, texts));
        expect(written).toBe(print(columns, (screen) => use(screen, texts.map(sanitize))));
        expect(written.replace(OWN, '')).toMatch(/^[\P{Cc}\n\t]*$/u);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a line of information', () => {
  const help = '/a    short\n/help lists the commands of the chat';

  it('wraps between words where the terminal is narrower', () => {
    const plain = print(20, (screen) => screen.info(help)).replace(/\x1b\[[\d;]*m/g, '');
    // The cursor moves back over a word that does not fit.
    expect(plain).toContain('/a    short\n');
    expect(plain.replace(/\x1b\[\d+D\x1b\[K/g, '<')).toMatch(
      /^.*\/help lists the.*\n.*commands of the.*\n.*chat\n$/s,
    );
  });

  it('keeps a description in its column, or below its name where that is narrow', () => {
    const shown = (columns: number): string =>
      print(columns, (screen) => screen.info('/save [file]  saves the conversation as JSON')).replace(
        OWN,
        '',
      );
    expect(shown(37)).toBe('/save [file]  saves the conversation\n              as JSON\n');
    expect(shown(24)).toBe('/save [file]\n    saves the\n    conversation as\n    JSON\n');
  });

  it('keeps its spaces where it fits, and in a pipe', () => {
    expect(print(80, (screen) => screen.info(help)).replace(OWN, '')).toBe(`${help}\n`);
    expect(print(undefined, (screen) => screen.info(help))).toBe(`${help}\n`);
  });
});

/** Returns what a terminal shows, without white space, if it counts the cells of a character as given. */
function onScreen(written: string, widthOf: (character: string) => number): string {
  let shown = '';
  for (const [part, left] of written.matchAll(/\x1b\[(\d+)D\x1b\[K|\x1b\[\d+m|\P{Cc}+|\n/gu)) {
    if (left === undefined) shown += part.startsWith('\x1b') ? '' : part;
    const characters = [...new Intl.Segmenter().segment(shown)].map(({ segment }) => segment);
    for (let cells = Number(left ?? 0); cells > 0;) cells -= widthOf(characters.pop() ?? '  ');
    shown = characters.join('');
  }
  return shown.replace(/\s/g, '');
}

describe('an answer', () => {
  const shown = (columns: number, texts: readonly string[]): string =>
    print(columns, (screen) => write(screen.answer(), texts));
  const lines = (text: string): readonly string[] => text.replace(OWN, '').split('\n');

  it('wraps the cells of a table that is wider than the terminal', () => {
    const table = '| Name | Use |\n| --- | --- |\n| map | projects **each value** of the source |\n\n';
    expect(lines(shown(24, [table]))).toEqual(
      [
        'Name │ Use',
        '─────┼─────────────────',
        'map  │ projects each',
        '     │ value of the',
        '     │ source',
        '',
      ].map(expect.stringContaining) as unknown,
    );
    for (const line of lines(shown(24, [table]))) expect(line.length).toBeLessThan(24);
    expect(shown(24, [table])).toMatch(/\x1b\[1m\S*e\x1b\[22m of the/);
  });

  it('never moves the cursor back over an emoji, whose cells terminals count differently', () => {
    const family = '👩\u200d👩\u200d👧\u200d👦';
    for (const text of [`aaaa 日本${family}bbbbbb`, `aaaa ❤\ufe0f🏽${family}!`, `👍🏽${family}${family}`])
      for (const columns of [8, 10, 12, 14, 16])
        fc.assert(
          fc.property(fc.array(fc.nat(text.length)), (cuts) => {
            const at = [0, ...cuts.sort((a, b) => a - b), text.length];
            const parts = at.slice(1).map((end, i) => text.slice(at[i], end));
            const written = shown(columns, parts);
            for (const widthOf of [cellsOf, (character: string) => Math.min(cellsOf(character), 2)])
              expect(onScreen(written, widthOf)).toBe(text.replace(/\s/g, ''));
          }),
          { numRuns: 50 },
        );
  });
});

describe('a terminal of width 0', () => {
  it('counts as 80 columns', () => {
    const line = 'word '.repeat(30);
    const use = (screen: Screen): void => write(screen.answer(), [line]);
    expect(print(0, use)).toBe(print(80, use));
  });
});

describe('a block in a terminal', () => {
  it('replaces its text, and shows the end of one that is longer than the screen until it ends', () => {
    const frames = (lines: number): string =>
      Array.from({ length: lines }, (_, i) => `line ${i + 1}`).join('\n');
    const written = print(80, (screen) => render(screen.block(), ['one', frames(2), frames(30)]));
    const [first, second, third, end] = written.split(/(?:\x1b\[\d+A)?\x1b\[J/).slice(1);
    expect(first).toBe('one\n');
    expect(second).toBe('line 1\nline 2\n');
    expect(third).toBe(`${frames(30).split('\n').slice(-23).join('\n')}\n`);
    expect(end).toBe(`${frames(30)}\n`);
    expect(written.match(/\x1b\[\d+A/g)).toEqual(['\x1b[1A', '\x1b[2A', '\x1b[23A']);
  });

  it('shows the last lines of its complete text, wrapped', () => {
    const text = fc.array(fc.constantFrom('', ' ', 'a', 'word ', '漢字', '\n', '\n\n', 'x'.repeat(50)), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(text, (parts) => {
        const written = print(20, (screen) => screen.block().render(parts.join('')));
        const shown = wrapText(parts.join(''), 19).slice(-23);
        expect(written).toBe(parts.join('') === '' ? '' : `\x1b[J${shown.join('\n')}\n`);
      }),
    );
  });

  it('is redrawn without colours too', () => {
    const written = print(20, (screen) => {
      process.env.NO_COLOR = '1';
      render(screen.block(), ['three words here', 'three words here that wrap']);
    });
    expect(written).toBe('\x1b[Jthree words here\n\x1b[1A\x1b[Jthree words here\nthat wrap\n');
  });

  it('indents an item of a list below its mark', () => {
    const written = print(20, (screen) =>
      render(screen.block(), ['- eggs\n- three cups of white flour\n10. Mix it all.  Then wait.']),
    );
    expect(written).toBe('\x1b[J- eggs\n- three cups of\n  white flour\n10. Mix it all.\n    Then wait.\n');
  });

  it('wraps its lines, so that each takes up one line of the screen', () => {
    const written = print(20, (screen) =>
      render(screen.block(), ['three words here that wrap', 'x'.repeat(30), '九文字の長い材料です。卵']),
    );
    expect(written).toBe(
      `\x1b[Jthree words here\nthat wrap\n\x1b[2A\x1b[J${'x'.repeat(19)}\n${'x'.repeat(11)}\n` +
        '\x1b[2A\x1b[J九文字の長い材料で\nす。卵\n',
    );
  });
});

describe.each<Readonly<Record<string, string>>>([{ NO_COLOR: '1' }, { TERM: 'dumb' }])(
  'a terminal with %j',
  (env) => {
    const parts = fc.array(
      fc.constantFrom('', ' ', 'a', '**word** ', '漢字', '\n', '  - ', '\n\n', '.', 'x'.repeat(50)),
      { maxLength: 60 },
    );

    it('shows an answer as it is, wrapped between words however it is cut', () => {
      fc.assert(
        fc.property(parts, (texts) => {
          const written = print(20, (screen) => write(screen.answer(), texts), env);
          const lines = wrapText(texts.join(''), 19).join('\n');
          expect(written).toBe(/(?:^|\n)$/.test(texts.join('')) ? lines : `${lines}\n`);
        }),
        { numRuns: 1_000 },
      );
    });

    it('shows a word as soon as the next one begins', () => {
      const seen: string[] = [];
      let shown = '';
      const stream = { isTTY: true, columns: 20, write: (text: unknown) => !!(shown += String(text)) };
      print(
        20,
        () => {
          const answer = createScreen(stream, stream).answer();
          for (const text of ['Hel', 'lo', ' ', 'world', ' and']) {
            answer.write(text);
            seen.push(shown);
          }
        },
        env,
      );
      expect(seen).toEqual(['', '', 'Hello', 'Hello', 'Hello world']);
    });

    it('wraps reasoning, information and a recipe', () => {
      const text = '- three words here that wrap';
      const shown = (use: (screen: Screen) => void): string => print(20, use, env).replace(OWN, '');
      expect(shown((screen) => write(screen.reasoning(), [text]))).toMatch(
        /^- three words here ?\nthat wrap\n$/,
      );
      expect(shown((screen) => screen.info(text))).toBe('- three words here\nthat wrap\n');
      expect(shown((screen) => render(screen.block(), [text]))).toBe('- three words here\n  that wrap\n');
    });
  },
);

describe('hostile text', () => {
  it.each([
    ['spaces', ' '.repeat(100_000)],
    ['spaces between words', `a${' '.repeat(100_000)}b`],
    ['combining marks', `a${'\u0301'.repeat(100_000)}`],
    ['a long word', 'a'.repeat(100_000)],
  ])('is wrapped in linear time: %s', (_, hostile) => {
    const lines = wrapText(hostile, 79);
    expect(lines.join('').replaceAll(' ', '')).toBe(hostile.replaceAll(' ', ''));
    for (const line of lines) if (line.trim() !== '') expect(cellsOf(line)).toBeLessThanOrEqual(79);
  });

  it('is indented up to a limit where quotations are nested', () => {
    const written = print(80, (screen) => write(screen.answer(), [`${'> '.repeat(100)}deep`]));
    for (const line of written.split('\n')) expect(cellsOf(line.replace(OWN, ''))).toBeLessThan(80);
    expect(written).toContain('deep');
  });

  it('fills a table of more rows than a call takes arguments', () => {
    let written = 0;
    const page = createPage(
      () => (written += 1),
      () => 80,
    );
    const rows = Array.from({ length: 130_000 }, () => [[]]);
    renderTable(page, rows);
    expect(written).toBeGreaterThan(rows.length);
  });
});

describe('an answer in Markdown', () => {
  it.each([
    ['12*(3+4)*5', '12*(3+4)*5'],
    ['(1+2)*(3+4)*(5+6)', '(1+2)*(3+4)*(5+6)'],
    ['*a (b)* **c (d)** e', 'a (b) c (d) e'],
    [String.raw`*12\*(3+4)*`, '12*(3+4)'],
    ['(x)*emphasis*, f(x)*g(x)', '(x)emphasis, f(x)*g(x)'],
    ['f(a)**bold** 2**3**4', 'f(a)bold 2**3**4'],
    ['中文**重点**中文，使用React**组件**', '中文重点中文，使用React组件'],
    ['これは**「重要」**です', 'これは「重要」です'],
    ['`a*b` *c*d_e_f *', 'a*b cd_e_f *'],
  ])('has emphasis, but not in an expression: %s', (text, shown) => {
    for (const size of [1, 3, text.length]) {
      expect(shownInParts(text, size).trim()).toBe(shown);
    }
  });

  it.each([
    ['a paragraph behind two lists', '- a\n  - b\n\nEnd.', '  • a\n      • b\n\nEnd.'],
    ['a paragraph behind three', '- a\n  - b\n    - c\n\nEnd.', '  • a\n      • b\n          • c\n\nEnd.'],
    ['a paragraph that begins like an item', '- a\n  - b\n\n2024.', '  • a\n      • b\n\n2024.'],
    ['a paragraph of an item', '1. a\n\n   p\n\n2. b', '  1. a\n     p\n  2. b'],
    ['a paragraph of an item, behind a tab', '- a\n\n\tp\n- b', '  • a\n    p\n  • b'],
    ['a paragraph of the inner item', '- a\n  - b\n\n    p', '  • a\n      • b\n        p'],
    ['a paragraph of the outer item', '1. a\n   - b\n\n   p', '  1. a\n       • b\n     p'],
    ['one far in the outer item', '- a\n    - b\n\n    p\n\nEnd.', '  • a\n      • b\n    p\n\nEnd.'],
    ['a paragraph with fewer spaces than its item', '10. a\n\n  p\n11. b', '  10. a\n      p\n  11. b'],
    ['a line of an item without an indent', '- a\nb\n\nEnd.', '  • a\n    b\n\nEnd.'],
    [
      'code of an inner item',
      '- a\n  - b\n    ```\n\n    c\n\n    d\n    ```',
      '  • a\n      • b\n\n\n      c\n\n      d',
    ],
    ['a list of an item', '1. a\n\n   - b\n\n2. c', '  1. a\n       • b\n  2. c'],
    ['items apart', '- a\n\n- b', '  • a\n  • b'],
    ['code of an item', '- a\n  ```\n  b\n\n  c\n  ```\n- d', '  • a\n\n    b\n\n    c\n\n  • d'],
    ['code of an item that begins with a blank line', '- a\n  ```\n\n  b\n  ```', '  • a\n\n\n    b'],
    [
      'code of an item, apart',
      '1. a\n\n   ```\n   b\n\n   c\n   ```\n\n2. d',
      '  1. a\n\n     b\n\n     c\n\n  2. d',
    ],
  ])('has lists with blank lines: %s', (_, text, shown) => {
    for (const size of [1, 2, text.length]) {
      expect(shownInParts(text, size).replace(/ +$/gm, '').trimEnd()).toBe(shown);
    }
  });

  it.each([
    ['first', '~~~js\nlet a = "~";\n~~~\n\n*b*', '  let a = "~";\n\nb'],
    [
      'around one of backticks',
      'a\n\n~~~~\n```\n*b*\n```\n~~~\n~~~~\nc',
      'a\n\n  ```\n  *b*\n  ```\n  ~~~\n\nc',
    ],
    ['in an item', '- a\n  ~~~\n  b\n\n  c\n  ~~~\n- d', '  • a\n\n    b\n\n    c\n\n  • d'],
    ['in code', '```\n~~~\n```\n~~gone~~', '  ~~~\n\ngone'],
    ['with words, which does not end code', '~~~\na\n~~~ b\n~~~ \n*c*', '  a\n  ~~~ b\n\nc'],
    ['in the line of an item', '- ~~~js\n  b\n  ~~~\n\n*c*', '  • ~js\n    b\n    ~\n\nc'],
  ])('has a fence of tildes %s', (_, text, shown) => {
    for (const size of [1, 2, text.length])
      expect(shownInParts(text, size).replace(/ +$/gm, '').trimEnd()).toBe(shown);
  });

  // Copied, as the Angular example has to build alone, and Node reads its files as CommonJS.
  it('has the line breaks of the Angular example', () => {
    const [here, there] = ['chat/lineBreaks.ts', 'angular/src/app/markdown/line-breaks.ts'].map((path) =>
      readFileSync(resolve(__dirname, '../../examples', path), 'utf8'),
    );
    expect(here).toBe(there);
  });

  it('looks the same however it is cut', () => {
    const parts = fc.constantFrom(
      '- ',
      '1. ',
      '  ',
      '\t',
      '\n\n',
      '```',
      '~~~',
      '*',
      '**',
      '_',
      '$',
      '`',
      '(',
      ')',
      'a',
      'word',
      '2',
      ' ',
      '中',
      '「',
      '.',
      '\n',
    );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 20 }), (texts) => {
        const shown = (cuts: readonly string[]): string =>
          print(1_000, (screen) => write(screen.answer(), cuts)).replace(/(\x1b\[\d+m)+/g, '');
        expect(shown([...texts.join('')])).toBe(shown([texts.join('')]));
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('a call of a tool', () => {
  it.each([
    [{ expression: '2 * 3' }, 'f 2 * 3'],
    [{ to: { name: 'a', toString: 1 }, count: 2, list: ['b'] }, 'f {"name":"a","toString":1} 2 ["b"]'],
    [{ text: 'a\n\tb' }, 'f a b'],
    [null, 'f'],
  ])('is described on one line: %j', (input, described) => {
    expect(describeCall({ name: 'f', input })).toBe(described);
  });
});

describe('a status line', () => {
  it.each([
    [10, 'Waiting for Ollama…', 'Waiting …'],
    [10, 'short', 'short'],
    [8, '漢字漢字漢字', '漢字漢…'],
    [0, 'x'.repeat(100), `${'x'.repeat(78)}…`],
  ])('is cut to the width of a terminal of %i columns: %s', (columns, text, shown) => {
    const written = print(columns, (screen) => screen.status(text));
    expect(written.replace(OWN, '')).toBe(shown);
  });
});
