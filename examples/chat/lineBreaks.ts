/** Matches a line break, blank lines after it, and the indent of the next line. */
export const LINE_BREAK = /\n\s*/g;

/** Matches the end of a text that may become a line break with a mark after it, of an item or of code. */
export const UNDECIDED_END = /(?<!\s)\s*\n\s*(?:[-*+]|\d{1,9}[.)]?|`{1,2})?$/;

const STARTS_ITEM = /^(?:[-*+]|\d{1,9}[.)])[^\S\n]/;
const IS_INDENTED = /^\n[^\S\n]{2}/;

/**
 * Corrects a line break in a list for streaming-markdown. At a blank line it ends the innermost list, so that a paragraph of an item
 * leaves its list, and a paragraph behind two lists stays in the outer one. At a blank line in the code of an item it ends the code,
 * so code leaves the list.
 *
 * @param lineBreak - The line break, blank lines after it, and the indent of the next line.
 * @param next - The beginning of the next line.
 */
export function lineBreakInList(lineBreak: string, next: string): string {
  const indent = lineBreak.slice(lineBreak.lastIndexOf('\n'));
  if (next.startsWith('```')) return `\n\n${indent}`;
  if (IS_INDENTED.test(indent)) return indent;
  return indent === lineBreak || STARTS_ITEM.test(next) ? lineBreak : `\n\n${indent}`;
}
