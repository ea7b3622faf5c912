/**
 * How long a server asks to wait before another attempt.
 *
 * Reads `retry-after-ms` (OpenAI, Azure), then `retry-after` in seconds or as an HTTP date.
 *
 * @param headers - Of the response; names in lower case.
 * @param now - The present, in milliseconds since the epoch; an HTTP date is counted from it.
 * @returns Milliseconds, 0 for a date gone by; `null` when the server does not say, or not understandably.
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
  return durationMs(headers['retry-after-ms'], 1) ?? durationMs(after, 1_000) ?? untilMs(after, now);
}

/** A count that is no number, is negative or has no end is as good as none. */
function durationMs(value: string | undefined, unit: number): number | null {
  if (value === undefined || !/^\d+(\.\d+)?$/.test(value.trim())) return null;
  const ms = Number(value) * unit;
  return Number.isFinite(ms) ? ms : null;
}

/** Each of the three forms of an HTTP date begins with the day's name; Date.parse alone takes '-5' for a year. */
function untilMs(value: string | undefined, now: number): number | null {
  if (value === undefined || !/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /.test(value)) return null;
  // C's asctime(), the oldest form, leaves the zone out: it is GMT all the same.
  const date = Date.parse(value.includes(',') ? value : `${value} GMT`);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
