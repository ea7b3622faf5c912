import { stripVTControlCharacters } from 'node:util';

import { cellsOf, createPage } from './page';
import type { Output } from './screen';

/** A text that is replaced while it grows. */
export interface Block {
  /** Replaces the text. */
  render(text: string): void;
  /** Leaves the last text. */
  end(): void;
}

/** Size of a terminal that does not report one. */
const DEFAULT_COLUMNS = 80;
const DEFAULT_ROWS = 24;

/**
 * Creates a block that is redrawn in a terminal.
 *
 * While it grows, only the lines that fit the screen are shown, as the cursor cannot move back to lines that have scrolled off.
 */
export function createLiveBlock(out: Output): Block {
  let text = '';
  let shown = 0;
  const draw = (lines: readonly string[]): void => {
    out.write(`${shown === 0 ? '' : `\x1b[${shown}A`}\x1b[J${lines.map((line) => `${line}\n`).join('')}`);
    shown = lines.length;
  };
  // The cursor is on the line below.
  const maxLines = (): number => (out.rows || DEFAULT_ROWS) - 1;
  const lines = (): readonly string[] => wrap(text, out.columns || DEFAULT_COLUMNS);
  return {
    render: (next) => {
      text = next;
      if (text !== '') draw(lines().slice(-maxLines()));
    },
    end: () => {
      if (lines().length > maxLines()) draw(lines());
    },
  };
}

/** Creates a block that is printed at its end. */
export function createPlainBlock(out: Output): Block {
  let text = '';
  return {
    render: (next) => (text = next),
    end: () => {
      if (text !== '') out.write(`${text}\n`);
    },
  };
}

/** Wraps a text between words, and cuts what is still longer than a line. */
function wrap(text: string, columns: number): readonly string[] {
  let wrapped = '';
  createPage(
    (written) => (wrapped += written),
    () => columns,
  ).prose(text.replaceAll('\t', ' '));
  return stripVTControlCharacters(wrapped)
    .split('\n')
    .map((line) => cut(line.trimEnd(), columns - 1));
}

function cut(line: string, cells: number): string {
  if (cellsOf(line) <= cells) return line;
  let [kept, used] = ['', 0];
  for (const char of line) {
    used += cellsOf(char);
    if (used > cells) break;
    kept += char;
  }
  return kept;
}
