/** Matches a line break, blank lines after it, and the indent of the next line. */
export const LINE_BREAK = /\n\s*/g;

/** Matches the end of a text that may become a line break with a mark after it, of an item or of code. */
export const UNDECIDED_END = /(?<!\s)\s*\n\s*(?:[-*+]|\d{1,9}[.)]?|`{1,2})?$/;

const STARTS_ITEM = /^(?:[-*+]|\d{1,9}[.)])[^\S\n]/;

/**
 * Corrects a line break in a list for streaming-markdown. At a blank line it ends the innermost list, so that a paragraph of an item
 * leaves its list, and a paragraph behind two lists stays in the outer one. At a blank line in the code of an item it ends the code,
 * so code leaves the list.
 *
 * @param lineBreak - The line break, blank lines after it, and the indent of the next line.
 * @param next - The beginning of the next line.
 * @param column - The least indent of a paragraph of the innermost item.
 */
export function lineBreakInList(lineBreak: string, next: string, column: number): string {
  const indent = lineBreak.slice(lineBreak.lastIndexOf('\n'));
  if (next.startsWith('```')) return `\n\n${indent}`;
  const width = indent.replaceAll('\t', '    ').length - 1;
  if (width >= column) return indent;
  if (indent === lineBreak || STARTS_ITEM.test(next)) return lineBreak;
  // More blank lines end all lists.
  return width < 2 ? '\n\n\n\n' : '\n\n';
}
