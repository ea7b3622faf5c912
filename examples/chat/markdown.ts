import * as smd from 'streaming-markdown';

import { cellsOf, inStyle, type Page, type Style } from './page';
import type { Writer } from './screen';

// The parser asserts on the console, which here is the screen.
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

/** Where signs are themselves already. */
const VERBATIM: ReadonlySet<number> = new Set([
  smd.CODE_INLINE,
  smd.CODE_BLOCK,
  smd.CODE_FENCE,
  smd.RAW_URL,
  smd.MAYBE_URL,
  smd.EQUATION_INLINE,
  smd.EQUATION_BLOCK,
]);
/** What a sign may close. */
const CLOSES: Readonly<Record<string, readonly number[]>> = {
  '*': [smd.STRONG_AST, smd.ITALIC_AST],
  _: [smd.STRONG_UND, smd.ITALIC_UND],
};

interface Cell {
  shown: string;
  cells: number;
}

/**
 * Markdown on a page, formatted while it arrives.
 *
 * The parser is streaming-markdown's, which tells what opens and closes as soon as that is certain; here is
 * what it looks like on a terminal. Only tables wait for their end: before it, nobody knows how wide a column is.
 */
export function markdownOn(page: Page): Writer {
  const open: smd.Token[] = [];
  const indents: string[] = [];
  const counters: number[] = [];
  let rows: Cell[][] = [];
  let checked = false;
  /** Nothing has been written yet in the innermost block that holds others. */
  let first = true;

  const styleNow = (): Style => open.flatMap((token) => STYLES[token] ?? []);
  const indent = (by: string): void => {
    indents.push(by);
    page.indent = indents.join('');
  };
  const outdent = (): void => {
    indents.pop();
    page.indent = indents.join('');
  };

  const put = (text: string, style: Style = styleNow()): void => {
    const cell = open.includes(smd.TABLE) ? rows.at(-1)?.at(-1) : undefined;
    if (cell !== undefined) {
      const inLine = text.replaceAll('\n', ' ');
      cell.shown += inStyle(style, inLine);
      cell.cells += cellsOf(inLine);
    } else if (open.includes(smd.CODE_FENCE) || open.includes(smd.CODE_BLOCK)) page.verbatim(text, style);
    else page.prose(text, style);
  };

  const beginBlock = (): void => {
    page.endLine();
    if (!first && !open.includes(smd.LIST_ITEM)) page.verbatim('\n');
    first = false;
  };

  const begin: Partial<Record<smd.Token, () => void>> = {
    [smd.BLOCKQUOTE]: () => {
      indent('│ ');
      first = true;
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
      first = true;
    },
    [smd.TABLE_ROW]: () => rows.push([]),
    [smd.TABLE_CELL]: () => rows.at(-1)?.push({ shown: '', cells: 0 }),
    [smd.LINE_BREAK]: () => put('\n', []),
    [smd.LINK]: () => put('['),
    [smd.IMAGE]: () => put('!['),
    [smd.CHECKBOX]: () => (checked = false),
  };

  const end: Partial<Record<smd.Token, () => void>> = {
    [smd.BLOCKQUOTE]: outdent,
    [smd.CODE_FENCE]: outdent,
    [smd.CODE_BLOCK]: outdent,
    [smd.LIST_UNORDERED]: () => counters.pop(),
    [smd.LIST_ORDERED]: () => counters.pop(),
    [smd.LIST_ITEM]: outdent,
    [smd.TABLE]: () => {
      drawTable(page, rows);
      rows = [];
    },
    // The parser takes any bracket for a link, and lets it end with the paragraph.
    [smd.LINK]: () => put(parser.pending === ']' ? ']' : ''),
    [smd.IMAGE]: () => put(parser.pending === ']' ? ']' : ''),
    [smd.CHECKBOX]: () => put(checked ? '☑' : '☐'),
  };

  const endToken = (): void => {
    const token = open.at(-1);
    if (token === undefined) return;
    end[token]?.();
    open.pop();
    if (BLOCKS.has(token)) page.endLine();
    if (BLOCKS.has(token) || token === smd.LIST_ITEM) first = false;
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
      if (attr === smd.CHECKED) checked = true;
      if (attr === smd.START) counters[counters.length - 1] = Number(value);
      // An address stands beside its words, never behind them: both come from a model.
      if (attr === smd.SRC || (attr === smd.HREF && open.at(-1) === smd.LINK)) put(`](${value})`, ['dim']);
    },
  });

  /** The last character that was not a sign taken literally. */
  let before = '';
  /** The parser opens emphasis and formulas too easily: `snake_case`, `2*3` and `$HOME` lose their signs to it. */
  const isLiteral = (sign: string): boolean => {
    const block = parser.tokens[parser.len] ?? smd.DOCUMENT;
    const verbatim = VERBATIM.has(parser.token) || VERBATIM.has(block);
    if (verbatim || /^(`|\]\()/.test(parser.pending)) return false;
    if (sign.startsWith('$')) return parser.indent_len < 3; // else it may begin a line of code
    return /[\p{L}\p{N}]/u.test(before) && !CLOSES[sign.charAt(0)]?.includes(parser.token);
  };

  return {
    write(text) {
      for (const piece of text.split(/(_+|\*+|\$+)/)) {
        const literal = /^[_*$]/.test(piece) && isLiteral(piece);
        smd.parser_write(parser, literal ? piece.replace(/./g, '\\$&') : piece);
        if (!literal) before = piece.at(-1) ?? before;
      }
    },
    end() {
      smd.parser_end(parser);
      if (parser.pending.startsWith('](')) put(parser.pending.trimEnd());
      while (open.length > 0) endToken();
      page.endLine();
    },
  };
}

function drawTable(page: Page, rows: readonly (readonly Cell[])[]): void {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.cells ?? 0)));
  rows.forEach((row, y) => {
    const line = widths.map(
      (width, x) => (row[x]?.shown ?? '') + ' '.repeat(Math.max(width - (row[x]?.cells ?? 0), 0)),
    );
    page.verbatim(`${line.join('│')}\n`);
    if (y === 0) page.verbatim(`${widths.map((width) => '─'.repeat(width)).join('┼')}\n`, ['dim']);
  });
}
