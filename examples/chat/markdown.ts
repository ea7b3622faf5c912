import * as smd from 'streaming-markdown';

import { lineBreaks } from './lineBreaks';
import type { Page, Style } from './page';
import type { Writer } from './screen';
import { renderTable, type TableCell } from './table';

// The parser uses console.assert, which would write to the terminal.
console.assert = () => {};

const STYLES: Partial<Record<smd.Token, Style>> = {
  [smd.HEADING_1]: ['bold', 'underline'],
  [smd.HEADING_2]: ['bold', 'underline'],
  [smd.HEADING_3]: ['bold'],
  [smd.HEADING_4]: ['bold'],
  [smd.HEADING_5]: ['bold'],
  [smd.HEADING_6]: ['bold'],
  [smd.STRONG_AST]: ['bold'],
  [smd.STRONG_UND]: ['bold'],
  [smd.ITALIC_AST]: ['italic'],
  [smd.ITALIC_UND]: ['italic'],
  [smd.STRIKE]: ['strikethrough'],
  [smd.CODE_INLINE]: ['cyan'],
  [smd.CODE_BLOCK]: ['cyan'],
  [smd.CODE_FENCE]: ['cyan'],
  [smd.RAW_URL]: ['underline'],
};

const BLOCKS = new Set<smd.Token>([
  smd.PARAGRAPH,
  smd.HEADING_1,
  smd.HEADING_2,
  smd.HEADING_3,
  smd.HEADING_4,
  smd.HEADING_5,
  smd.HEADING_6,
  smd.CODE_BLOCK,
  smd.CODE_FENCE,
  smd.BLOCKQUOTE,
  smd.RULE,
  smd.LIST_UNORDERED,
  smd.LIST_ORDERED,
  smd.TABLE,
  smd.EQUATION_BLOCK,
]);

/** Tokens in which Markdown characters are literal. */
const VERBATIM: ReadonlySet<number> = new Set([
  smd.CODE_INLINE,
  smd.CODE_BLOCK,
  smd.CODE_FENCE,
  smd.RAW_URL,
  smd.MAYBE_URL,
  smd.EQUATION_INLINE,
  smd.EQUATION_BLOCK,
]);
/** Most containers that indent a line. Deeper ones would leave no room for text. */
const MAX_INDENTS = 10;
/** Matches a run of marks. */
const RUN = /(_+|\*+|\$+)/;
/** Tokens that a mark can close. */
const CLOSES: Readonly<Record<string, readonly number[]>> = {
  '*': [smd.STRONG_AST, smd.ITALIC_AST],
  _: [smd.STRONG_UND, smd.ITALIC_UND],
};
/** Scripts with spaces between words, which formulas use too. In Chinese, emphasis often begins beside a character. */
const LETTERS = String.raw`\p{sc=Latin}\p{sc=Greek}\p{sc=Cyrillic}\p{N}`;
const ENDS_FACTOR = new RegExp(`[${LETTERS})]$`, 'u');
const STARTS_FACTOR = new RegExp(String.raw`^(?:[${LETTERS}\0-\x7f]|$)`, 'u');
const ONE_WORD = /^\p{L}{1,40}$/u;
/** Matches an end of a text that does not show yet whether its last run is literal. */
const UNDECIDED = /[*_$]$|\)\*+\p{L}{1,40}$/u;
/** Longest end of a text that is matched, so that the cost of a long run is linear. */
const MAX_UNDECIDED = 44;

/**
 * Creates a writer that formats Markdown on a page while it arrives.
 *
 * The parser is streaming-markdown's, which reports tokens as soon as they are certain. Tables are buffered, as the width of
 * their columns is known at the end only.
 */
export function createMarkdownWriter(page: Page): Writer {
  const open: smd.Token[] = [];
  const indents: string[] = [];
  const counters: number[] = [];
  let rows: TableCell[][] = [];
  let isChecked = false;
  /** Whether the innermost container block is empty. */
  let isFirst = true;

  const currentStyle = (): Style => open.flatMap((token) => STYLES[token] ?? []);
  const indent = (by: string): void => {
    indents.push(by);
    page.indent = indents.slice(0, MAX_INDENTS).join('');
  };
  const outdent = (): void => {
    indents.pop();
    page.indent = indents.slice(0, MAX_INDENTS).join('');
  };

  const put = (text: string, style: Style = currentStyle()): void => {
    const cell = open.includes(smd.TABLE) ? rows.at(-1)?.at(-1) : undefined;
    if (cell !== undefined) cell.push({ text: text.replaceAll('\n', ' '), style });
    else if (open.includes(smd.CODE_FENCE) || open.includes(smd.CODE_BLOCK)) page.verbatim(text, style);
    else page.prose(text, style);
  };

  const beginBlock = (): void => {
    page.endLine();
    if (!isFirst && !open.includes(smd.LIST_ITEM)) page.verbatim('\n');
    isFirst = false;
  };

  const begin: Partial<Record<smd.Token, () => void>> = {
    [smd.BLOCKQUOTE]: () => {
      indent('│ ');
      isFirst = true;
    },
    [smd.CODE_FENCE]: () => indent('  '),
    [smd.CODE_BLOCK]: () => indent('  '),
    [smd.RULE]: () => page.verbatim('─'.repeat(20), ['dim']),
    [smd.LIST_UNORDERED]: () => counters.push(Number.NaN),
    [smd.LIST_ORDERED]: () => counters.push(1),
    [smd.LIST_ITEM]: () => {
      page.endLine();
      const number = counters.at(-1) ?? Number.NaN;
      const bullet = Number.isNaN(number) ? '• ' : `${number}. `;
      counters[counters.length - 1] = number + 1;
      page.verbatim(`  ${bullet}`);
      indent(' '.repeat(2 + bullet.length));
      isFirst = true;
    },
    [smd.TABLE_ROW]: () => rows.push([]),
    [smd.TABLE_CELL]: () => rows.at(-1)?.push([]),
    [smd.LINE_BREAK]: () => put('\n', []),
    [smd.LINK]: () => put('['),
    [smd.IMAGE]: () => put('!['),
    [smd.CHECKBOX]: () => (isChecked = false),
  };

  const end: Partial<Record<smd.Token, () => void>> = {
    [smd.BLOCKQUOTE]: outdent,
    [smd.CODE_FENCE]: outdent,
    [smd.CODE_BLOCK]: outdent,
    [smd.LIST_UNORDERED]: () => counters.pop(),
    [smd.LIST_ORDERED]: () => counters.pop(),
    [smd.LIST_ITEM]: outdent,
    [smd.TABLE]: () => {
      renderTable(page, rows);
      rows = [];
    },
    // The parser opens a link at any bracket and closes it with the paragraph.
    [smd.LINK]: () => put(parser.pending === ']' ? ']' : ''),
    [smd.IMAGE]: () => put(parser.pending === ']' ? ']' : ''),
    [smd.CHECKBOX]: () => put(isChecked ? '☑' : '☐'),
  };

  const endToken = (): void => {
    const token = open.at(-1);
    if (token === undefined) return;
    end[token]?.();
    open.pop();
    if (BLOCKS.has(token)) page.endLine();
    if (BLOCKS.has(token) || token === smd.LIST_ITEM) isFirst = false;
  };

  const parser = smd.parser({
    data: undefined,
    add_token: (_, token) => {
      if (BLOCKS.has(token)) beginBlock();
      open.push(token);
      begin[token]?.();
    },
    end_token: endToken,
    add_text: (_, text) => put(text),
    set_attr: (_, attr, value) => {
      if (attr === smd.CHECKED) isChecked = true;
      if (attr === smd.START) counters[counters.length - 1] = Number(value);
      // The address is shown beside the text of a link, as both are written by a model.
      if (attr === smd.SRC || (attr === smd.HREF && open.at(-1) === smd.LINK)) put(`](${value})`, ['dim']);
    },
  });

  /** The last character, apart from literal marks. */
  let previous = '';
  /**
   * Whether to escape a run of marks. The parser would open emphasis or a formula in `snake_case`, `2*3`, `(1+2)*(3+4)` and
   * `$HOME`.
   *
   * @param next - The text behind the run.
   * @param isLast - Whether no other run follows that text.
   */
  const isLiteral = (run: string, next: string, isLast: boolean): boolean => {
    const block = parser.tokens[parser.len] ?? smd.DOCUMENT;
    const verbatim = VERBATIM.has(parser.token) || VERBATIM.has(block);
    if (verbatim || /^(`|\]\()/.test(parser.pending)) return false;
    if (run.startsWith('$')) return parser.indent_len < 3; // With more it may start a line of code.
    if (CLOSES[run.charAt(0)]?.includes(parser.token)) return false;
    if (run.startsWith('_')) return /[\p{L}\p{N}]/u.test(previous);
    if (previous === ')' && !isLast && ONE_WORD.test(next)) return false;
    return ENDS_FACTOR.test(previous) && STARTS_FACTOR.test(next);
  };

  /** The end of the text, from a run of marks that is not decided yet. */
  let held = '';
  const writeMarks = (text: string, isOpen: boolean): void => {
    const parts = (held + text).split(RUN);
    const isHeld = isOpen && UNDECIDED.test((previous + held + text).slice(-MAX_UNDECIDED));
    held = isHeld ? parts.slice(-2).join('') : '';
    for (const [i, part] of parts.slice(0, isHeld ? -2 : undefined).entries()) {
      const literal = i % 2 === 1 && isLiteral(part, parts[i + 1] ?? '', i + 2 >= parts.length);
      smd.parser_write(parser, literal ? part.replace(/./g, '\\$&') : part);
      if (!literal) previous = part.at(-1) ?? previous;
    }
  };

  const write = lineBreaks(parser, writeMarks);

  return {
    write: (text) => write(text, false),
    end() {
      write('', true);
      smd.parser_end(parser);
      if (parser.pending.startsWith('](')) put(parser.pending.trimEnd());
      while (open.length > 0) endToken();
      page.endLine();
    },
  };
}
