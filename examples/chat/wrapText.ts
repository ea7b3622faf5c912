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
  let cells = 0;
  let isBlank = true;
  for (const word of wordsOf(text)) {
    const isSpace = word.trim() === '';
    const wordCells = cellsOf(word);
    if (!isBlank && cells + (isSpace ? 0 : wordCells) > width) {
      lines.push(line.trimEnd());
      [line, cells, isBlank] = ['', 0, true];
      if (isSpace) continue;
    }
    line += word;
    cells += wordCells;
    isBlank &&= isSpace;
    if (isSpace || cells <= width) continue;
    const cuts = cutsOf(line, width);
    line = cuts.pop() ?? '';
    cells = cellsOf(line);
    for (const cut of cuts) lines.push(cut);
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

/** Cuts a text into lines, each of at least one character and as many as fit. */
function cutsOf(text: string, width: number): string[] {
  const cuts: string[] = [];
  let cut = '';
  let cells = 0;
  for (const character of text) {
    const characterCells = cellsOf(character);
    if (cut !== '' && cells + characterCells > width) {
      cuts.push(cut);
      [cut, cells] = ['', 0];
    }
    cut += character;
    cells += characterCells;
  }
  return [...cuts, cut];
}
