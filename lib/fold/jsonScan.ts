import { parseJson } from '../codec/parseJson';

/**
 * The scan of a text that grows, as plain data.
 *
 * Each fragment is looked at once, and the text is parsed once when its last bracket closes, so the cost is linear in the text
 * however many fragments it arrives in.
 */
export interface JsonScan {
  /** The length of the text. */
  readonly end: number;
  /** `open` until the value ends, and `valid` while nothing follows it. */
  readonly state: 'open' | 'valid' | 'invalid';
  readonly depth: number;
  readonly inString: boolean;
  /** Whether the last character is a backslash that escapes the next. */
  readonly isEscaped: boolean;
}

/** The scan of an empty text. */
export const emptyScan: JsonScan = { end: 0, state: 'open', depth: 0, inString: false, isEscaped: false };

/** The longest text that is parsed as it is: the end of a number or literal cannot be seen. */
const MAX_SHORT = 64;

/**
 * Scans the fragments that were added to a text since the scan before, or a text that replaced it.
 *
 * Reads the fragments and not the text: an engine that joins texts when they are read would copy all of it for each fragment.
 *
 * @param added - The fragments. A text has grown by less than their length if one of them replaced it.
 */
export function scanJson(scan: JsonScan, text: string, added = text): JsonScan {
  if (scan.end + added.length !== text.length) return scanJson(emptyScan, text);
  let { state, depth, inString, isEscaped } = scan;
  for (let at = 0; at < added.length && state !== 'invalid'; at += 1) {
    // Within a string only its end and escapes count, which a search finds faster than a look at each character.
    if (inString && !isEscaped) at = next(QUOTE_OR_ESCAPE, added, at);
    const char = added.charAt(at);
    if (inString) {
      if (isEscaped || char === '\\') isEscaped = !isEscaped;
      else inString = char !== '"';
    } else if (BLANK.test(char)) continue;
    else if (state === 'valid') state = 'invalid';
    else if (char === '"') inString = true;
    else if (char === '{' || char === '[') depth += 1;
    else if (char === '}' || char === ']') depth -= 1;
    if (state === 'open' && depth <= 0 && !inString) state = 'valid';
  }
  if (state === 'valid' && scan.state !== 'valid' && !parses(text)) state = 'invalid';
  return { end: text.length, state, depth, inString, isEscaped };
}

const QUOTE_OR_ESCAPE = /["\\]/g;

/** Returns the place of the next match of a global pattern; the length of the text if there is none. */
function next(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.exec(text)?.index ?? text.length;
}

/** Whether the scanned text is one JSON value. */
export const isJson = ({ state }: JsonScan, text: string): boolean =>
  text.length <= MAX_SHORT ? parses(text) : state === 'valid';

const BLANK = /[ \n\t\r]/;

const parses = (text: string): boolean => parseJson(text) !== undefined;
