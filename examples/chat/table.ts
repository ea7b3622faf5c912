import { cellsOf, inStyle, type Page, type Style } from './page';
import { wrapText } from './wrapText';

/** The parts of a table's cell, each in a style. */
export type TableCell = { readonly text: string; readonly style: Style }[];

/** Fewest cells of a column that is made narrower, if the terminal has them. */
const MIN_WIDTH = 4;

/** Writes a table. One that is wider than the page gets narrower columns, in which the text wraps. */
export function renderTable(page: Page, rows: readonly (readonly TableCell[])[]): void {
  const natural = (rows[0] ?? []).map((_, x) =>
    rows.reduce((widest, row) => Math.max(widest, cellsOf(textOf(row[x]))), 0),
  );
  const widths = fitInto(page.width() - 3 * (natural.length - 1), natural);
  rows.forEach((row, y) => {
    const columns = widths.map((width, x) => linesOf(row[x] ?? [], width));
    const height = columns.reduce((most, { length }) => Math.max(most, length), 0);
    for (let line = 0; line < height; line += 1) {
      page.verbatim(`${columns.map((lines, x) => lines[line] ?? ' '.repeat(widths[x] ?? 0)).join(' │ ')}\n`);
    }
    if (y === 0) page.verbatim(`${widths.map((width) => '─'.repeat(width)).join('─┼─')}\n`, ['dim']);
  });
}

const textOf = (cell: Readonly<TableCell> = []): string =>
  cell
    .map(({ text }) => text)
    .join('')
    .trim();

/** Returns widths that fit into a sum: the widest columns share what the others leave. */
function fitInto(sum: number, widths: readonly number[]): readonly number[] {
  let share = sum;
  let wide = widths.length;
  for (const width of [...widths].sort((a, b) => a - b)) {
    if (width * wide > share) break;
    share -= width;
    wide -= 1;
  }
  const max = Math.max(Math.floor(share / Math.max(wide, 1)), MIN_WIDTH);
  return widths.map((width) => Math.min(width, wide === 0 ? width : max));
}

/** Returns the lines of a cell, each as wide as its column. */
function linesOf(cell: Readonly<TableCell>, width: number): readonly string[] {
  const text = cell.map((part) => part.text).join('');
  let at = 0;
  return wrapText(text.trim(), width).map((line) => {
    at = text.indexOf(line, at);
    const parts = slice(cell, at, at + line.length);
    at += line.length;
    return padded(parts, width);
  });
}

const padded = (cell: Readonly<TableCell>, width: number): string =>
  cell.map(({ text, style }) => inStyle(style, text)).join('') +
  ' '.repeat(Math.max(width - cellsOf(textOf(cell)), 0));

/** Returns the parts of a cell between two positions of its text. */
function slice(cell: Readonly<TableCell>, start: number, end: number): Readonly<TableCell> {
  let at = 0;
  return cell.flatMap(({ text, style }) => {
    const part = { text: text.slice(Math.max(start - at, 0), Math.max(end - at, 0)), style };
    at += text.length;
    return part.text === '' ? [] : [part];
  });
}
