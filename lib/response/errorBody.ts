import { parseJson } from '../codec/parseJson';
import type { ErrorDetails } from '../errors';
import { firstOf, isText, readErrorShape } from './errorShapes';

/** The most characters of a body in an unknown shape that a message shows. */
const SHOWN = 200;

/**
 * Returns the error that a body reports: JSON of any known shape, a web page, or plain text.
 *
 * A body in an unknown shape is its own message, up to 200 characters.
 *
 * @param json - The value of the body; `undefined` if it is not JSON.
 */
export function errorDetailsOf(body: string, json = parseJson(body)): ErrorDetails {
  if (json !== undefined) return errorDetailsIn(json, body);
  const message = isHtml(body) ? messageOfHtml(body) : body.trim();
  return { ...NO_DETAILS, serverMessage: message === '' ? NO_REASON : message };
}

/**
 * Returns the error that a JSON value reports; the same for a frame in a stream and for a complete body.
 *
 * @param body - The text that it was parsed from.
 */
export function errorDetailsIn(json: unknown, body: string): ErrorDetails {
  const value = firstOf(json);
  if (isText(value)) return { ...NO_DETAILS, serverMessage: value };
  return { ...NO_DETAILS, serverMessage: beginningOf(body), ...readErrorShape(json) };
}

/** Whether a body is a web page: the error page of a proxy, or a server that is not an API. */
export const isHtml = (body: string): boolean => /^\s*<(!doctype|html|head|body|title|h1)\b/i.test(body);

const NO_REASON = 'the server gave no reason';

/** Nothing, and JSON without content. */
const EMPTY = /^(?:[{}[\]"\s]*|null)$/;

const NO_DETAILS: ErrorDetails = { serverMessage: '', code: null, type: null, param: null };

/** Returns the beginning of a body in one line, as a message shows it. */
export function beginningOf(body: string): string {
  const text = inOneLine(body.slice(0, 4 * SHOWN));
  if (EMPTY.test(text)) return NO_REASON;
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}

/** Reads a page of a proxy: what happened is in the title or the first heading, the reason in the paragraph after it. */
function messageOfHtml(html: string): string {
  const heading = /<(?:h1|title)\b[^<>]*>([^<]*)</i.exec(html);
  const reason = /<\/h1>\s*(?:<p>\s*)?([^<]+)/i.exec(html);
  const parts = [heading, reason].map((found) => inOneLine(found?.[1] ?? ''));
  return parts.filter((part) => part !== '').join(': ') || beginningOf(html);
}

const inOneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();
