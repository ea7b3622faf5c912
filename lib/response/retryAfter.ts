import { isRecord } from '../codec/isRecord';

/**
 * Returns the wait that a server requests before another attempt.
 *
 * Reads `retry-after-ms` (OpenAI, Azure), then `retry-after` in seconds or as an HTTP date.
 *
 * @param headers - Headers of the response; names in lower case.
 * @param now - The present, in milliseconds since the epoch, for an HTTP date.
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
  return durationMs(headers['retry-after-ms'], 1) ?? durationMs(after, 1_000) ?? untilMs(after, now);
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
  const value: unknown = Array.isArray(json) ? json[0] : json;
  const error = isRecord(value) ? value.error : undefined;
  const details =
    isRecord(error) && Array.isArray(error.details) ? (error.details as readonly unknown[]) : [];
  for (const detail of details) {
    const ms = isRecord(detail) ? delayMs(detail.retryDelay) : null;
    if (ms !== null) return ms;
  }
  return null;
}

/** Reads a duration of Protocol Buffers: `"3.5s"`, or `{seconds, nanos}` from a gateway that does not write their JSON. */
function delayMs(delay: unknown): number | null {
  if (typeof delay === 'string') return durationMs(/^(.*)s$/.exec(delay.trim())?.[1], 1_000);
  if (!isRecord(delay)) return null;
  const { seconds = 0, nanos = 0 } = delay;
  const ms = Number(seconds) * 1_000 + Number(nanos) / 1_000_000;
  return ms > 0 && Number.isFinite(ms) ? ms : null;
}

/** Reads a number of units; `null` for text that is not a number, is negative or is infinite. */
function durationMs(value: string | undefined, unit: number): number | null {
  if (value === undefined || !/^\d+(\.\d+)?$/.test(value.trim())) return null;
  const ms = Number(value) * unit;
  return Number.isFinite(ms) ? ms : null;
}

/** Reads an HTTP date. All three forms begin with the name of the day; `Date.parse` alone would read '-5' as a year. */
function untilMs(value: string | undefined, now: number): number | null {
  if (value === undefined || !/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /.test(value)) return null;
  // The form of C's asctime() has no zone: it is GMT.
  const date = Date.parse(value.includes(',') ? value : `${value} GMT`);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
