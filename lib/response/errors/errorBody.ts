import { parseJson } from '../../codec/parseJson';
import { cut, type ErrorDetails } from '../../errors';
import { readErrorShape } from './errorShapes';

/** The most characters of a body in an unknown shape that a message shows. */
const SHOWN = 200;

/**
 * Returns the error that a body reports: JSON of any known shape, a web page, XML, or plain text.
 *
 * A body in an unknown shape is its own message, up to 200 characters.
 *
 * @param json - The value of the body; `undefined` if it has none.
 */
export function errorDetailsOf(body: string, json = jsonIn(body)): ErrorDetails {
  if (json !== undefined) return errorDetailsIn(json, body);
  const message = /^\s*</.test(body) ? messageOfMarkup(body) : cutMessage(body) || readable(body).trim();
  return { ...NO_DETAILS, serverMessage: message || NO_REASON };
}

/**
 * Returns the JSON of a body, or of the first event with an error, since gateways stream an error under its status as well;
 * `undefined` if it has none.
 */
export function jsonIn(body: string): unknown {
  const json = parseJson(body);
  return json === undefined
    ? body
        .split(/^data:(.*)/m, MAX_PARTS)
        .map(parseJson)
        .find(readErrorShape)
    : json;
}

/** The most parts of a body that are tried as JSON: an exception for each would cost seconds. */
const MAX_PARTS = 20;

/**
 * Returns the error that a JSON value reports; the same for a frame in a stream and for a complete body.
 *
 * @param body - The text that it was parsed from.
 */
export function errorDetailsIn(json: unknown, body: string): ErrorDetails {
  return { ...NO_DETAILS, serverMessage: beginningOf(body), ...readErrorShape(json) };
}

/** Whether a body is a web page: the error page of a proxy, or a server that is not an API. */
export const isHtml = (body: string): boolean =>
  /^\s*(?:<[?!][^<]*)*<(?:!doctype|html|head|body|title|h1)\b/i.test(body);

/** Returns a text, unless it has control characters: it was decoded from compressed data, or from Protocol Buffers. */
const readable = (text: string): string => (/[\0-\x08]/.test(text.slice(0, SHOWN)) ? 'binary data' : text);

const NO_REASON = 'the server gave no reason';

/** Nothing, and JSON without content. */
const EMPTY = /^(?:[{}[\]"\s]*|null)$/;

const NO_DETAILS: ErrorDetails = { serverMessage: '', code: null, type: null, param: null };

/** Returns the beginning of a body in one line, as a message shows it. */
export function beginningOf(body: string): string {
  const text = inOneLine(readable(body).slice(0, 4 * SHOWN));
  return EMPTY.test(text) ? NO_REASON : cut(text, SHOWN);
}

/**
 * Reads a page of a proxy: what happened is in the title or the first heading, the reason in the paragraph after it, or in
 * preformatted text (Express). In XML it is in a message (S3, Azure).
 */
function messageOfMarkup(markup: string): string {
  const parts = [HEADING, REASON].map((part) => inOneLine(part.exec(markup)?.[1] ?? ''));
  return parts.filter(Boolean).join(': ') || beginningOf(markup);
}

const HEADING = /<(?:h[12]|title|message|faultstring)\b[^<>]*>([^<]*)</i;
const REASON = /(?:<\/h1>\s*(?:<(?:p|h2)>\s*)?|<pre>)([^<]+)/i;

/**
 * Reads the message of JSON that was cut: FastAPI repeats all of the input behind it, which is over the limit of a body.
 *
 * @returns `''` for other text.
 */
function cutMessage(body: string): string {
  const [, text = ''] = CUT_MESSAGE.exec(body) ?? [];
  return (parseJson(`"${text}"`) ?? '') as string;
}

const CUT_MESSAGE = /^\s*[[{].*?"(?:message|msg|detail|error)"\s*:\s*"((?:[^"\\]|\\.)*)/s;

const inOneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();
