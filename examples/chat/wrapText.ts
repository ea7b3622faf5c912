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

/**
 * Wraps each line of a text, and indents its continuation by its lead, such as the mark of a list item. A lead wider than half of
 * the width stays on a line of its own.
 *
 * @param width - Cells of a line.
 * @param lead - Matches the lead of a line.
 */
export function wrapHanging(text: string, width: number, lead: RegExp): readonly string[] {
  return text.split('\n').flatMap((line) => wrapBehind(lead.exec(line)?.[0] ?? '', line, width));
}

function wrapBehind(lead: string, text: string, width: number): readonly string[] {
  if (cellsOf(text) <= width) return wrapText(text, width);
  const isBeside = cellsOf(lead) <= width / 2;
  const indent = isBeside ? cellsOf(lead) : Math.floor(Math.min(4, width / 2));
  const lines = wrapText(text.slice(lead.length), width - indent).map((line) => ' '.repeat(indent) + line);
  if (isBeside) return [lead + (lines[0]?.slice(indent) ?? ''), ...lines.slice(1)];
  return lead.trim() === '' ? lines : [lead.trimEnd(), ...lines];
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
