import { parseJson } from '../codec/parseJson';

/**
 * The scanned part of a text that grows, as plain data.
 *
 * Each character is looked at once, and the text is parsed once when its last bracket closes, so the cost is linear in the text
 * however many fragments it arrives in.
 */
export interface JsonScan {
  /** The number of characters scanned. */
  readonly end: number;
  /** `open` until the value ends. A number or literal has no end, so it stays `literal`. */
  readonly state: 'blank' | 'open' | 'literal' | 'valid' | 'invalid';
  readonly depth: number;
  readonly inString: boolean;
  /** Whether the last character is a backslash that escapes the next. */
  readonly isEscaped: boolean;
}

/** The scan of an empty text. */
export const emptyScan: JsonScan = { end: 0, state: 'blank', depth: 0, inString: false, isEscaped: false };

/** The longest number or literal that is parsed. */
const MAX_LITERAL = 64;

/** Scans the part of a text that was added since the scan before. */
export function scanJson(scan: JsonScan, text: string): JsonScan {
  let { state, depth, inString, isEscaped } = scan;
  for (let at = scan.end; at < text.length && state !== 'invalid'; at += 1) {
    // Within a string only its end and escapes count, which a search finds faster than a look at each character.
    if (inString && !isEscaped) at = next(QUOTE_OR_ESCAPE, text, at);
    const char = text[at] ?? '';
    if (inString) {
      if (isEscaped) isEscaped = false;
      else if (char === '\\') isEscaped = true;
      else if (char === '"') inString = false;
      if (!inString && depth === 0) state = parses(text.slice(0, at + 1)) ? 'valid' : 'invalid';
    } else if (isBlank(char)) {
      continue;
    } else if (state === 'valid') {
      state = 'invalid';
    } else if (char === '"') {
      state = state === 'literal' ? 'invalid' : 'open';
      inString = true;
    } else if (char === '{' || char === '[') {
      state = state === 'literal' ? 'invalid' : 'open';
      depth += 1;
    } else if (char === '}' || char === ']') {
      depth -= 1;
      if (depth <= 0) state = depth === 0 && parses(text.slice(0, at + 1)) ? 'valid' : 'invalid';
    } else if (depth === 0) {
      state = 'literal';
    }
  }
  if (state === 'literal' && text.length > MAX_LITERAL) state = 'invalid';
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
  state === 'valid' || (state === 'literal' && parses(text));

const isBlank = (char: string): boolean => char === ' ' || char === '\n' || char === '\t' || char === '\r';

const parses = (text: string): boolean => parseJson(text) !== undefined;
