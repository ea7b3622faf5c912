/** Returns the index of the first bracket that may open JSON, in the next part of a text; -1 if there is none. */
export type FindOpening = (part: string) => number;

/** The start of a line, without blanks, right before JSON: nothing, or a fence or inline code, with its language. */
const OPENING = /^(?:(?:`+|~{3,})\s*([^\s`]*)\s*)?$/;
/** A line that opens or closes a fence, with its language. */
const FENCE = /^(?:`{3,}|~{3,})\s*([^\s`]*)/;
/** Longest start of a line that is kept to read the language of a fence, in UTF-16 code units. */
const MAX_FENCE = 40;

/** The languages of JSON; none means JSON as well. */
export const JSON_LANGUAGES = /^(?:json[c5]?)?$/i;
export const ANY_LANGUAGE = /^/;

/** Finds brackets at the start of a line, right after the opening of a fence, and right behind the last candidate. */
export function atLineStart(languages: RegExp): FindOpening {
  /** The start of the current line, without the blanks before it. */
  let line = '';
  /** Whether the line is in a fence of another language. */
  let isForeign = false;

  const addToLine = (text: string): void => {
    if (line.length < MAX_FENCE) line = (line + text).trimStart().slice(0, MAX_FENCE);
  };
  const endLine = (): void => {
    const language = FENCE.exec(line)?.[1];
    if (language !== undefined) isForeign = !isForeign && !languages.test(language);
    line = '';
  };
  const isOpening = (): boolean => {
    const opening = OPENING.exec(line);
    return opening !== null && !isForeign && languages.test(opening[1] ?? '');
  };

  return (part) => {
    let from = 0;
    for (const { index, 0: mark } of part.matchAll(/[{[\n]/g)) {
      addToLine(part.slice(from, index));
      from = index;
      if (mark === '\n') endLine();
      else if (isOpening()) {
        line = '';
        return index;
      }
    }
    addToLine(part.slice(from));
    return -1;
  };
}

/** Finds every bracket. */
export const anywhere: FindOpening = (part) => part.search(/[{[]/);
