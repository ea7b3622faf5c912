import { fieldsOf } from '../../codec/isRecord';
import { numberOf } from '../../codec/numberOf';
import { parseJson } from '../../codec/parseJson';
import { durationMs, finite, sumMs, timeOf, unitsMs, waitMs } from './duration';

/**
 * Returns the wait that a server requests before another attempt.
 *
 * Reads `retry-after-ms` (OpenAI, Azure), then `retry-after` in seconds, with a unit (`5s`), or as a date of HTTP, of RFC 3339
 * or in seconds since the epoch. A date is counted from that of the response, since the clock of the server may differ.
 *
 * @param headers - Headers of the response; names in lower case.
 * @param now - The present, in milliseconds since the epoch, for a response without `date`.
 * @returns Milliseconds, 0 for a date in the past; `null` if there is no such header, or none that can be read.
 *
 * @example
 * ```ts
 * import { retryAfterMs } from 'rxjs-chat-completions';
 *
 * console.assert(retryAfterMs({ 'retry-after': '2' }, Date.now()) === 2_000);
 * ```
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
 */
export function retryAfterMs(headers: Readonly<Record<string, string>>, now: number): number | null {
  // Two hops may send the same value, which fetch joins.
  const after = headers['retry-after']?.replace(/^(.{1,40}), \1$/, '$1');
  return (
    unitsMs(headers['retry-after-ms'], 1) ?? durationMs(after) ?? waitMs(after, timeOf(headers.date) || now)
  );
}

/** The most objects, lists and texts of JSON in one another that are searched for a wait. */
const MAX_DEPTH = 8;

/** Names of a wait, with their unit if it is not the second: `retryDelay` (Google), `retry_after`, `retryAfterMs`. */
const WAIT = /^retry[-_]?(?:after|delay|in)(?:[-_]?(?:(ms|millis\w*)|s|secs?|seconds))?$/i;

/**
 * Returns the wait that an error body requests: in a field of any of its objects, or in the words of its message (OpenAI, Groq,
 * Azure), as a browser hides the header.
 *
 * @param json - The parsed body.
 * @returns Milliseconds, or `null` if there is none.
 */
export const retryDelayMs = (json: unknown, message: string): number | null =>
  waitInFieldsMs(json) ?? waitInWordsMs(message);

/**
 * Reads Google's `RetryInfo` in `error.details`, also in the text that OpenRouter passes on, and `retry_after` of other gateways.
 *
 * @see https://cloud.google.com/apis/design/errors#error_details
 */
function waitInFieldsMs(json: unknown, depth = 0): number | null {
  const value = typeof json === 'string' && /^[[{]/.test(json) ? parseJson(json) : json;
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return null;
  for (const [name, field] of Object.entries(value)) {
    const [isWait, isMs] = WAIT.exec(name) ?? [];
    const ms = isWait === undefined ? waitInFieldsMs(field, depth + 1) : delayMs(field, isMs ? 1 : 1_000);
    if (ms !== null) return ms;
  }
  return null;
}

/** Reads a number of units, `"3.5s"`, or `{seconds, nanos}` from a gateway that does not write the JSON of Protocol Buffers. */
function delayMs(delay: unknown, unitMs: number): number | null {
  if (typeof delay === 'string' || typeof delay === 'number')
    return durationMs(String(delay)) ?? unitsMs(String(delay), unitMs);
  const { seconds = 0, nanos = 0 } = fieldsOf(delay);
  const ms = numberOf(seconds) * 1_000 + numberOf(nanos) / 1_000_000;
  return ms > 0 ? finite(ms) : null;
}

/** A wait in words: "Please try again in 7m12.5s.", "Please retry after 6 seconds." */
const WAIT_IN_WORDS =
  /\b(?:again|retry|wait) (?:in |after |for )?((?:\d+(?:\.\d+)? ?(?:ms|[smhd]|(?:(?:milli)?sec|min|hour|day)[a-z]*)(?![a-z]) ?){1,4})/i;

function waitInWordsMs(message: string): number | null {
  const words = WAIT_IN_WORDS.exec(message)?.[1];
  return words === undefined ? null : sumMs(words);
}
