import { fieldsOf } from '../codec/isRecord';
import { durationMs, finite, unitsMs, untilMs } from './duration';
import { firstOf } from './errorShapes';

/**
 * Returns the wait that a server requests before another attempt.
 *
 * Reads `retry-after-ms` (OpenAI, Azure), then `retry-after` in seconds or as a date of HTTP or RFC 3339. A date is counted from that
 * of the response, since the clock of the server may differ.
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
  const after = headers['retry-after'];
  const sentAt = timeOf(headers.date);
  return (
    unitsMs(headers['retry-after-ms'], 1) ??
    unitsMs(after, 1_000) ??
    untilMs(timeOf(after), Number.isNaN(sentAt) ? now : sentAt)
  );
}

/**
 * Returns the wait that an error body requests: Google's `RetryInfo` in `error.details`.
 *
 * @param json - The parsed body.
 * @returns Milliseconds, or `null` if there is none.
 *
 * @see https://cloud.google.com/apis/design/errors#error_details
 */
export function retryDelayMs(json: unknown): number | null {
  const { details } = fieldsOf(fieldsOf(firstOf(json)).error);
  if (!Array.isArray(details)) return null;
  const delays = details.map((detail) => delayMs(fieldsOf(detail).retryDelay));
  return delays.find((ms) => ms !== null) ?? null;
}

/** Reads a duration of Protocol Buffers: `"3.5s"`, or `{seconds, nanos}` from a gateway that does not write their JSON. */
function delayMs(delay: unknown): number | null {
  if (typeof delay === 'string') return durationMs(delay);
  const { seconds = 0, nanos = 0 } = fieldsOf(delay);
  const ms = Number(seconds) * 1_000 + Number(nanos) / 1_000_000;
  return ms > 0 ? finite(ms) : null;
}

/** Reads a date of HTTP or RFC 3339; `NaN` for other text, of which `Date.parse` alone would read '-5' as a year. */
function timeOf(date = ''): number {
  if (!/^((Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? |\d{4}-\d\d-\d\dT)/.test(date)) return NaN;
  // The form of C's asctime() has no zone: it is GMT.
  return Date.parse(/(GMT|UTC|Z|[+-]\d\d:?\d\d)$/.test(date) ? date : `${date} GMT`);
}
