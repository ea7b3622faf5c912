import { parseJson } from '../codec/parseJson';

/** A kind of JSON literal that can be read by itself, wherever it is in a payload. */
export interface LiteralKind {
  /** Returns where the inside of the next literal starts; -1 if there is none. */
  readonly startOf: (payload: string, from: number) => number;
  /** Returns where an inside ends; -1 if it does not. */
  readonly endOf: (payload: string, start: number) => number;
  /** Returns the value of an inside, or `undefined` if it is not that of a single literal. */
  readonly read: (inside: string) => string | number | undefined;
}

/** Text without characters that end a string literal or begin an escape. */
const PLAIN = /^[^"\\\u0000-\u001f]*$/;

/** String literals; the inside is between the quotes. */
export const STRING: LiteralKind = {
  startOf: (payload, from) => payload.indexOf('"', from) + 1 || -1,
  endOf: (payload, start) => {
    let close = payload.indexOf('"', start);
    while (close !== -1 && isEscaped(payload, close)) close = payload.indexOf('"', close + 1);
    return close;
  },
  read: (inside) => {
    if (PLAIN.test(inside)) return inside;
    // More than one literal: an exception costs more than parsing the payload.
    if (STRING.endOf(inside, 0) !== -1) return undefined;
    // Not JSON at a bad escape: the payload is parsed.
    return parseJson(`"${inside}"`) as string | undefined;
  },
};

const INTEGER = /^[1-9]\d*$/;

/** Literals of positive integers; the inside is the digits. */
export const NUMBER: LiteralKind = {
  startOf: (payload, from) => (isDigit(payload, from) ? from : isDigit(payload, from + 1) ? from + 1 : -1),
  endOf: (payload, start) => {
    let end = start;
    while (isDigit(payload, end)) end += 1;
    return end;
  },
  read: (inside) => (INTEGER.test(inside) ? Number(inside) : undefined),
};

/** Returns whether an odd number of backslashes precedes a character. */
function isEscaped(payload: string, at: number): boolean {
  let backslashes = 0;
  while (payload[at - 1 - backslashes] === '\\') backslashes += 1;
  return backslashes % 2 === 1;
}

const isDigit = (payload: string, at: number): boolean => {
  const code = payload.charCodeAt(at);
  return code >= 0x30 && code <= 0x39;
};
