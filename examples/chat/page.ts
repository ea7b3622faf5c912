import { styleText } from 'node:util';

/** Styles as node:util names them: `bold`, `dim`, `cyan`, … */
export type Style = Extract<Parameters<typeof styleText>[0], readonly unknown[]>;

/** A terminal that wraps text while it is written. */
export interface Page {
  /** Prefix of every line: the indent of a list, the bar of a quotation. */
  indent: string;
  /** Writes text that wraps between words. */
  prose(text: string, style?: Style): void;
  /** Writes text that does not wrap: code, tables. */
  verbatim(text: string, style?: Style): void;
  /** Starts a new line, unless the cursor is at the start of one. */
  endLine(): void;
}

/** Matches a line end, a space, a character with break opportunities on both sides, or a part of a word. */
const PARTS =
  /\n|[^\S\n]|\p{Ideographic}|[\p{sc=Hiragana}\p{sc=Katakana}]|[^\s\p{Ideographic}\p{sc=Hiragana}\p{sc=Katakana}]+/gu;
const BREAKS_ANYWHERE = /^[\p{Ideographic}\p{sc=Hiragana}\p{sc=Katakana}]$/u;
const NO_CELL = /[\p{M}\p{Cf}]/u;
const TWO_CELLS =
  /[\p{Ideographic}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60]/u;

/** Counts the cells of a terminal that a text takes up, approximately. */
export function cellsOf(text: string): number {
  let cells = 0;
  for (const char of text) cells += NO_CELL.test(char) ? 0 : TWO_CELLS.test(char) ? 2 : 1;
  return cells;
}

/** Cuts a text that takes up more cells, with an ellipsis. */
export function cutToCells(text: string, max: number): string {
  if (cellsOf(text) <= max) return text;
  let cut = '';
  let cells = 1;
  for (const char of text) {
    cells += cellsOf(char);
    if (cells > max) break;
    cut += char;
  }
  return `${cut}…`;
}

export const inStyle = (style: Style, text: string): string =>
  style.length === 0 ? text : styleText(style, text, { validateStream: false });

/** The current word, as far as it is written. */
interface Word {
  readonly styled: string;
  readonly cells: number;
}
const NO_WORD: Word = { styled: '', cells: 0 };

/**
 * Creates a page on a terminal.
 *
 * Text is written as soon as it arrives. A word that reaches the end of the line is erased and written on the next one. Nothing
 * else is redrawn, so nothing flickers.
 *
 * @param write - Writes to the terminal.
 * @param columns - Returns the width of the terminal, which changes with its window.
 */
export function createPage(write: (text: string) => void, columns: () => number): Page {
  let column = 0;
  let word = NO_WORD;

  const put = (text: string, style: Style): Word => {
    const indent = column === 0 ? page.indent : '';
    const part = { styled: inStyle(style, text), cells: cellsOf(text) };
    write(indent + part.styled);
    column += cellsOf(indent) + part.cells;
    return part;
  };
  const newLine = (): void => {
    write(column === 0 ? `${page.indent.trimEnd()}\n` : '\n');
    column = 0;
    word = NO_WORD;
  };
  const moveWordToNextLine = (): void => {
    if (word.cells > 0) write(`\x1b[${word.cells}D\x1b[K`);
    write(`\n${page.indent}${word.styled}`);
    column = cellsOf(page.indent) + word.cells;
  };

  const page: Page = {
    indent: '',
    prose(text, style = []) {
      for (const part of text.match(PARTS) ?? []) {
        // The last cell stays empty, as terminals differ in the cursor's position after it.
        const isFull = column + cellsOf(part) >= columns();
        const isSpace = part.trim() === '';
        if (part === '\n' || (isSpace && isFull)) newLine();
        else if (isSpace) {
          word = NO_WORD;
          if (column > 0) put(' ', style);
        } else {
          if (BREAKS_ANYWHERE.test(part)) word = NO_WORD;
          const isFirst = column <= cellsOf(page.indent) + word.cells;
          if (isFull && !isFirst) moveWordToNextLine();
          const { styled, cells } = put(part, style);
          // The terminal wraps a word longer than a line, and the cursor cannot move back to an earlier line.
          word = isFull && isFirst ? NO_WORD : { styled: word.styled + styled, cells: word.cells + cells };
        }
      }
    },
    verbatim(text, style = []) {
      for (const part of text.replaceAll('\t', '    ').match(/\n|[^\n]+/g) ?? []) {
        if (part === '\n') newLine();
        else put(part, style);
      }
      word = NO_WORD;
    },
    endLine() {
      if (column > 0) newLine();
    },
  };
  return page;
}
