/** Reads a number of units in milliseconds; `null` for text that is not a number, is negative or is infinite. */
export const unitsMs = (value = '', unitMs: number): number | null =>
  /^\s*\d+(\.\d+)?\s*$/.test(value) ? finite(Number(value) * unitMs) : null;

/**
 * Reads a wait in seconds, or its end: a date, or seconds or milliseconds since the epoch. No wait is longer than thirty years: a
 * larger number is a point in time.
 *
 * @returns Milliseconds, 0 for an end in the past; `null` for other text.
 */
export function waitMs(value: string | undefined, now: number): number | null {
  const number = unitsMs(value, 1);
  if (number !== null && number < 1e9) return number * 1_000;
  const end = number === null ? timeOf(value) : number < 1e11 ? number * 1_000 : number;
  return finite(Math.max(0, end - now));
}

/** Reads a duration with its units, such as `6m0s` or `3.5s`, in milliseconds; `null` for other text. */
export const durationMs = (value = ''): number | null =>
  /^\s*(\d+(\.\d+)?(ms|[smhd]))+\s*$/.test(value) ? sumMs(value) : null;

/** Returns the sum of the parts of a duration, in milliseconds. Units may be words: `1 hour 30 minutes`. */
export const sumMs = (duration: string): number | null =>
  finite(
    [...duration.matchAll(/([\d.]+) ?(ms|mil|[smhd])/gi)].reduce(
      (sum, [, count, unit = '']) => sum + Number(count) * (UNITS[unit.toLowerCase()] ?? 0),
      0,
    ),
  );

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  mil: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

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

/** Returns a number, or `null` for one that is not finite. */
export const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
