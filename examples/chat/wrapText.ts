import { cellsOf, PARTS } from './page';

/**
 * Wraps a text between words. A word longer than a line is cut.
 *
 * @param width - Cells of a line.
 * @returns The lines, without the spaces at which they are wrapped.
 */
export function wrapText(text: string, width: number): readonly string[] {
  return text.split('\n').flatMap((paragraph) => wrapParagraph(paragraph, Math.max(width, 2)));
}

/** Matches punctuation that does not begin a line. */
const CLOSING = /^[\p{Pe}\p{Pf}\p{Po}]/u;

function wrapParagraph(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of wordsOf(text)) {
    if (cellsOf(line + word.trimEnd()) > width && line.trim() !== '') {
      lines.push(line.trimEnd());
      line = '';
      if (word.trim() === '') continue;
    }
    line += word;
    for (let cut = headOf(line, width); cut.length < line.trimEnd().length; cut = headOf(line, width)) {
      lines.push(cut);
      line = line.slice(cut.length);
    }
  }
  return [...lines, line.trimEnd()];
}

/** Returns the parts of a text that a line may begin with, and the spaces between them. */
function wordsOf(text: string): readonly string[] {
  const words: string[] = [];
  for (const part of text.match(PARTS) ?? []) {
    const before = words.at(-1) ?? '';
    if (before.trim() !== '' && CLOSING.test(part)) words[words.length - 1] = before + part;
    else words.push(part);
  }
  return words;
}

/** Returns the beginning of a text, at least one character and as many as fit. */
function headOf(text: string, width: number): string {
  let head = '';
  for (const character of text) {
    if (head !== '' && cellsOf(head + character) > width) break;
    head += character;
  }
  return head;
}
