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
  /** Returns the cells of a line behind the indent. */
  width(): number;
}

const CJK = String.raw`[\p{Ideographic}\p{sc=Hiragana}\p{sc=Katakana}]`;
/** One emoji, as far as it has arrived: with its modifiers, and joined to others. */
const EMOJI = String.raw`(?:\p{Emoji_Presentation}|\p{Extended_Pictographic}(?=\ufe0f))(?:[\p{Emoji_Modifier}\ufe0f]|\u200d\p{Extended_Pictographic}?)*`;
/** Matches a line end, a space, a character with break opportunities on both sides, or a part of a word. */
export const PARTS = new RegExp(
  String.raw`\n|[^\S\n]|${CJK}|\p{RI}\p{RI}|${EMOJI}|(?:(?!${CJK}|${EMOJI})\S)+`,
  'gu',
);
const IS_CJK = new RegExp(`^${CJK}$`, 'u');
const IS_EMOJI = new RegExp(`^${EMOJI}`, 'u');
/** Begins a part that belongs to the emoji before it. */
const CONTINUES_EMOJI = /^(?:\p{Emoji_Modifier}|\u200d|\ufe0f)/u;

const JOINER = '\u200d';

const NO_CELL = /[\p{Mn}\p{Me}\p{Cf}]/u;
const TWO_CELLS =
  /[\p{Ideographic}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60]/u;
/** Makes an emoji of the symbol before it, which then takes up two cells. */
const EMOJI_STYLE = '\ufe0f';

/** Counts the cells of a terminal that a text takes up. Of an emoji it is the maximum, as terminals differ. */
export function cellsOf(text: string): number {
  let cells = 0;
  for (const char of text)
    cells += char === EMOJI_STYLE ? 1 : NO_CELL.test(char) ? 0 : TWO_CELLS.test(char) ? 2 : 1;
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
  style.length === 0 || process.env.NO_COLOR ? text : styleText(style, text, { validateStream: false });

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
  let lastCharacter = '';

  const put = (text: string, style: Style): Word => {
    const indent = column === 0 ? page.indent : '';
    const part = { styled: inStyle(style, text), cells: cellsOf(text) };
    write(indent + part.styled);
    column += cellsOf(indent) + part.cells;
    lastCharacter = text.at(-1) ?? lastCharacter;
    return part;
  };
  const newLine = (): void => {
    write(column === 0 ? `${page.indent.trimEnd()}\n` : '\n');
    column = 0;
    word = NO_WORD;
    lastCharacter = '';
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
          const isEmoji = IS_EMOJI.test(part);
          if (isEmoji || IS_CJK.test(part)) word = NO_WORD;
          const isFirst = column <= cellsOf(page.indent) + word.cells;
          const continuesEmoji = lastCharacter === JOINER || CONTINUES_EMOJI.test(part);
          if (isFull && !isFirst && !continuesEmoji) moveWordToNextLine();
          const { styled, cells } = put(part, style);
          // The terminal wraps a word longer than a line, and the cursor cannot move back to an earlier line. Nor can it move
          // back over an emoji, whose cells only the terminal knows.
          const cannotMove = isEmoji || continuesEmoji || (isFull && isFirst);
          word = cannotMove ? NO_WORD : { styled: word.styled + styled, cells: word.cells + cells };
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
    width: () => columns() - 1 - cellsOf(page.indent),
  };
  return page;
}
