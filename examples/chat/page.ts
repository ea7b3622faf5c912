import { styleText } from 'node:util';

/** Styles as node:util names them: `bold`, `dim`, `cyan`, … */
export type Style = Extract<Parameters<typeof styleText>[0], readonly unknown[]>;

/** Lines of a terminal, written while their text arrives. */
export interface Page {
  /** What every line begins with: the indent of a list, the bar of a quotation. */
  indent: string;
  /** Text that breaks between words where the terminal ends. */
  prose(text: string, style?: Style): void;
  /** Text that breaks at its own line ends only: code, tables. */
  verbatim(text: string, style?: Style): void;
  /** Goes to the beginning of a line, if it is not there. */
  endLine(): void;
}

/** A line end, a space, a character that a line may break before and after, a piece of a word. */
const PARTS =
  /\n|[^\S\n]|\p{Ideographic}|[\p{sc=Hiragana}\p{sc=Katakana}]|[^\s\p{Ideographic}\p{sc=Hiragana}\p{sc=Katakana}]+/gu;
const BREAKS_ANYWHERE = /^[\p{Ideographic}\p{sc=Hiragana}\p{sc=Katakana}]$/u;
const NO_CELL = /[\p{M}\p{Cf}]/u;
const TWO_CELLS =
  /[\p{Ideographic}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60]/u;

/** How many cells of a terminal the text takes, near enough. */
export function cellsOf(text: string): number {
  let cells = 0;
  for (const char of text) cells += NO_CELL.test(char) ? 0 : TWO_CELLS.test(char) ? 2 : 1;
  return cells;
}

export const inStyle = (style: Style, text: string): string =>
  style.length === 0 ? text : styleText(style, text, { validateStream: false });

/** The word that is being written, as far as it has come. */
interface Word {
  readonly shown: string;
  readonly cells: number;
}
const NO_WORD: Word = { shown: '', cells: 0 };

/**
 * A page on a terminal.
 *
 * Text is shown as soon as it comes. A word that reaches the end of its line is taken back and written again on the
 * next; nothing else is ever redrawn, so nothing flickers.
 *
 * @param write - Where the text goes.
 * @param columns - The width of the terminal, asked each time because windows change.
 */
export function pageOn(write: (text: string) => void, columns: () => number): Page {
  let column = 0;
  let word = NO_WORD;

  const put = (text: string, style: Style): Word => {
    const begin = column === 0 ? page.indent : '';
    const piece = { shown: inStyle(style, text), cells: cellsOf(text) };
    write(begin + piece.shown);
    column += cellsOf(begin) + piece.cells;
    return piece;
  };
  const newLine = (): void => {
    write(column === 0 ? `${page.indent.trimEnd()}\n` : '\n');
    column = 0;
    word = NO_WORD;
  };
  const takeWordToNextLine = (): void => {
    if (word.cells > 0) write(`\x1b[${word.cells}D\x1b[K`);
    write(`\n${page.indent}${word.shown}`);
    column = cellsOf(page.indent) + word.cells;
  };

  const page: Page = {
    indent: '',
    prose(text, style = []) {
      for (const part of text.match(PARTS) ?? []) {
        // The last cell stays free: terminals differ in where the cursor is after it.
        const full = column + cellsOf(part) >= columns();
        const space = part.trim() === '';
        if (part === '\n' || (space && full)) newLine();
        else if (space) {
          word = NO_WORD;
          if (column > 0) put(' ', style);
        } else {
          if (BREAKS_ANYWHERE.test(part)) word = NO_WORD;
          const alone = column <= cellsOf(page.indent) + word.cells;
          if (full && !alone) takeWordToNextLine();
          const { shown, cells } = put(part, style);
          // A word longer than a line is the terminal's to break, and the cursor cannot go back up to take it.
          word = full && alone ? NO_WORD : { shown: word.shown + shown, cells: word.cells + cells };
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
