/** Reads a number of units in milliseconds; `null` for text that is not a number, is negative or is infinite. */
export function unitsMs(value: string | undefined, unitMs: number): number | null {
  return value !== undefined && /^\s*\d+(\.\d+)?\s*$/.test(value) ? finite(Number(value) * unitMs) : null;
}

/**
 * Reads a wait in seconds, or its end in seconds or milliseconds since the epoch, in milliseconds; `null` for other text.
 *
 * No wait is longer than thirty years: a larger number is a point in time.
 */
export function secondsMs(value: string | undefined, now: number): number | null {
  const number = unitsMs(value, 1);
  if (number === null || number < 1e9) return number && number * 1_000;
  return untilMs(number < 1e11 ? number * 1_000 : number, now);
}

/** Reads a duration with its units, such as `6m0s` or `3.5s`, in milliseconds; `null` for other text. */
export function durationMs(value = ''): number | null {
  if (!/^\s*(\d+(\.\d+)?(ms|[smhd]))+\s*$/.test(value)) return null;
  const parts = [...value.matchAll(/([\d.]+)([a-z]+)/g)];
  return finite(parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNITS[unit ?? ''] ?? 0), 0));
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * Reads a date of HTTP or RFC 3339; `NaN` for other text, of which `Date.parse` alone would read '-5' as a year. One of RFC 3339
 * without its zone is no point in time.
 */
export function timeOf(date = ''): number {
  if (!/^(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? |\d{4}-\d\d-\d\dT.*(?:Z|[+-]\d\d:?\d\d)$)/i.test(date))
    return NaN;
  // The form of C's asctime() has no zone: it is GMT.
  return Date.parse(/(?:GMT|UTC|Z|[+-]\d\d:?\d\d)$/i.test(date) ? date : `${date} GMT`);
}

/** Returns the time until a point in time, 0 for one in the past; `null` for one that is not finite. */
export function untilMs(time: number, now: number): number | null {
  const ms = finite(time - now);
  return ms && Math.max(0, ms);
}

/** Returns a number, or `null` for one that is not finite. */
export const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
