import * as smd from 'streaming-markdown';

/** Matches a line break, blank lines after it, and the indent of the next line. */
const LINE_BREAK = /\n\s*/g;
/** Matches the end of a text that may become a line break with marks after it, of an item and of code. */
const UNDECIDED_END = /(?<!\s)\s*\n\s*(?:[-*+]|\d{1,9}[.)]?)?[^\S\n]*(?:`+|~+)?[^\S\n]*$/;
/** Longest end of a text that is matched, so that the cost of many blank lines is linear. */
const MAX_UNDECIDED = 44;
/** Matches a fence, with the mark of an item before it: there it begins no code for the parser. And the first character behind it. */
const STARTS_FENCE = /^((?:(?:[-*+]|\d{1,9}[.)])[^\S\n]+)?(?:`{3,}|~{3,}))[^\S\n]*(.?)/;
/** The fence that replaces one of tildes, longer than those in its code. */
const LONG_FENCE = '`'.repeat(20);
const STARTS_ITEM = /^(?:[-*+]|\d{1,9}[.)])[^\S\n]/;

/**
 * Returns a function that takes a text in fragments, and corrects its line breaks in lists, and fences of tildes, for
 * streaming-markdown, which does not know these.
 *
 * At a blank line the parser ends the innermost list, so that a paragraph of an item leaves its list, and a paragraph behind two
 * lists stays in the outer one. At a blank line in the code of an item it ends the code, so code leaves the list.
 *
 * @param parser - The parser, which knows the open lists.
 * @param write - Writes to the parser: a part of a line, and whether more of it may follow, or line breaks.
 * @returns A function of a fragment, and whether it is the last one.
 */
export function lineBreaks(
  parser: smd.Parser,
  write: (text: string, isOpen: boolean) => void,
): (text: string, isEnd: boolean) => void {
  /** The end of the text, from a line break whose next line is not known yet. */
  let held = '\n'; // The first line may be a fence.
  /** The fence that the code has begun with. */
  let fence = '';
  return (text, isEnd) => {
    const all = held + text;
    held = isEnd ? '' : (UNDECIDED_END.exec(all.slice(-MAX_UNDECIDED))?.[0] ?? '');
    const decided = all.slice(0, all.length - held.length);
    let at = 0;
    for (const { 0: lineBreak, index } of decided.matchAll(LINE_BREAK)) {
      write(decided.slice(at, index), true);
      at = index + lineBreak.length;
      const next = all.slice(at, at + MAX_UNDECIDED);
      const [, mark = '', word] = STARTS_FENCE.exec(next) ?? [];
      const isFence = mark !== '' && (fence === '' || (mark.startsWith(fence) && word === ''));
      if (isFence) fence = fence === '' ? mark : '';
      if (isFence && mark.startsWith('~')) {
        write(corrected(parser, lineBreak, LONG_FENCE), false);
        write(LONG_FENCE, true);
        at += mark.length;
      } else write(corrected(parser, lineBreak, next), false);
    }
    write(decided.slice(at), !isEnd);
  };
}

/** Returns the line break before a line as the parser needs it. */
function corrected(parser: smd.Parser, lineBreak: string, next: string): string {
  const open = parser.tokens.subarray(0, parser.len + 1);
  const item = open.lastIndexOf(smd.LIST_ITEM);
  // Code is in no item: the line break before it ends that.
  if (item === -1) return lineBreak;
  const indent = lineBreak.slice(lineBreak.lastIndexOf('\n'));
  if (next.startsWith('```')) return `\n\n${indent}`;
  // Models indent a paragraph of an item by any number of spaces. In lists of a list the column tells whose it is.
  const column = item === open.indexOf(smd.LIST_ITEM) ? 2 : (parser.spaces[item] ?? 2);
  const width = indent.replaceAll('\t', '    ').length - 1;
  if (width >= column) return indent;
  if (indent === lineBreak || STARTS_ITEM.test(next)) return lineBreak;
  // More blank lines end all lists.
  return width < 2 ? '\n\n\n\n' : '\n\n';
}
