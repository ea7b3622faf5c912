import type { Output } from './screen';
import { wrapHanging } from './wrapText';

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

/** Matches the mark of a list item. */
const LIST_MARK = /^(?:- |\d+\. )?/;

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
  return {
    render: (next) => {
      text = next;
      // Each paragraph has a line or more, so the last ones fill the screen. The others need not be wrapped.
      if (text !== '') draw(wrapOn(out, text.split('\n').slice(-maxLines()).join('\n')).slice(-maxLines()));
    },
    end: () => {
      const lines = wrapOn(out, text);
      if (lines.length > maxLines()) draw(lines);
    },
  };
}

const wrapOn = (out: Output, text: string): readonly string[] =>
  wrapHanging(text.replaceAll('\t', ' '), (out.columns || DEFAULT_COLUMNS) - 1, LIST_MARK);

/** Creates a block that is printed at its end. */
export function createPlainBlock(out: Output): Block {
  let text = '';
  return {
    render: (next) => (text = next),
    end: () => {
      if (text !== '') out.write(`${out.isTTY ? wrapOn(out, text).join('\n') : text}\n`);
    },
  };
}
