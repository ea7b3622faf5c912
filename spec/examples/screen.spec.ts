import fc from 'fast-check';

import { sanitize } from '../../examples/chat/sanitize';
import { createScreen, type Screen } from '../../examples/chat/screen';

/** Prints with a screen and returns what it has written to both streams. */
function print(columns: number | undefined, use: (screen: Screen) => void): string {
  let written = '';
  const stream = {
    isTTY: columns !== undefined,
    columns: columns ?? 0,
    write: (text: unknown) => !!(written += String(text)),
  };
  const { NO_COLOR, TERM } = process.env;
  delete process.env.NO_COLOR;
  process.env.TERM = 'xterm';
  try {
    use(createScreen(stream, stream));
  } finally {
    if (NO_COLOR !== undefined) process.env.NO_COLOR = NO_COLOR;
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
    ['answer', (screen, texts) => write(screen.answer(), texts)],
    ['reasoning', (screen, texts) => write(screen.reasoning(), texts)],
  ];

function write(writer: ReturnType<Screen['answer']>, texts: readonly string[]): void {
  texts.forEach((text) => writer.write(text));
  writer.end();
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

/** The sequences that the screen itself writes: styles, cursor left, clear line. */
const OWN = /\x1b\[(\d+m|K|\d+D)|\r(?=\x1b\[K)/g;

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

describe('a terminal of width 0', () => {
  it('counts as 80 columns', () => {
    const line = 'word '.repeat(30);
    const use = (screen: Screen): void => write(screen.answer(), [line]);
    expect(print(0, use)).toBe(print(80, use));
  });
});
