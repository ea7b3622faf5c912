import type { RateLimit, RateLimitWindow } from '../errors';

type Headers = Readonly<Record<string, string>>;
type Field = 'limit' | 'remaining' | 'reset';
type Fields = Readonly<Record<Field, string | undefined>>;

/**
 * Returns the rate limits in the headers of a response.
 *
 * Reads `x-ratelimit-*` as OpenAI, Groq, Cerebras and OpenRouter send it, `anthropic-ratelimit-*`, and the drafts of the IETF's
 * `ratelimit` headers.
 *
 * @param headers - Headers of the response; names in lower case.
 * @param now - The present, in milliseconds since the epoch, for a reset that is a point in time.
 * @returns `null` if there is no such header, or none that can be read.
 *
 * @example
 * ```ts
 * import { rateLimitOf } from 'rxjs-chat-completions';
 *
 * const headers = { 'x-ratelimit-remaining-requests': '59', 'x-ratelimit-reset-requests': '6m0s' };
 * const limit = rateLimitOf(headers, Date.now());
 * console.assert(limit?.requests?.remaining === 59 && limit.requests.resetMs === 360_000);
 * ```
 *
 * @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
 */
export function rateLimitOf(headers: Headers, now: number): RateLimit | null {
  const requests = windowIn(REQUEST_FORMS, headers, now);
  const tokens = windowIn(TOKEN_FORMS, headers, now);
  return requests === null && tokens === null ? null : { requests, tokens };
}

/** Reads the fields of a window in one form. */
type Form = (headers: Headers) => Fields;

const named =
  (name: (field: Field) => string): Form =>
  (headers) => ({
    limit: headers[name('limit')],
    remaining: headers[name('remaining')],
    reset: headers[name('reset')],
  });

/** The form with a readable field that is first in the list counts. */
const REQUEST_FORMS: readonly Form[] = [
  // OpenAI, Azure, Groq
  named((field) => `x-ratelimit-${field}-requests`),
  // Cerebras
  named((field) => `x-ratelimit-${field}-requests-day`),
  named((field) => `anthropic-ratelimit-requests-${field}`),
  // OpenRouter
  named((field) => `x-ratelimit-${field}`),
  // IETF, up to draft 06
  named((field) => `ratelimit-${field}`),
  // IETF, draft 07: limit=100, remaining=50, reset=5; from draft 08 on: "name";r=50;t=5, with "name";q=100;w=60
  ({ ratelimit, 'ratelimit-policy': policy }) => ({
    limit: parameter(ratelimit, 'limit') ?? parameter(policy, 'q'),
    remaining: parameter(ratelimit, 'remaining') ?? parameter(ratelimit, 'r'),
    reset: parameter(ratelimit, 'reset') ?? parameter(ratelimit, 't'),
  }),
];

const TOKEN_FORMS: readonly Form[] = [
  named((field) => `x-ratelimit-${field}-tokens`),
  named((field) => `x-ratelimit-${field}-tokens-minute`),
  named((field) => `anthropic-ratelimit-tokens-${field}`),
];

function windowIn(forms: readonly Form[], headers: Headers, now: number): RateLimitWindow | null {
  for (const form of forms) {
    const fields = form(headers);
    const limit = countOf(fields.limit);
    const remaining = countOf(fields.remaining);
    const resetMs = resetMsOf(fields.reset, now);
    if (limit !== null || remaining !== null || resetMs !== null) return { limit, remaining, resetMs };
  }
  return null;
}

/** Reads the first parameter of a name in a structured header. */
const parameter = (header: string | undefined, name: string): string | undefined =>
  new RegExp(`(?:^|[\\s,;])${name}=(\\d+)`).exec(header ?? '')?.[1];

/** Reads a count; a policy may follow it: `100, 100;w=60`. */
function countOf(value: string | undefined): number | null {
  const count = /^\s*(\d+(?:\.\d+)?)\s*(?:[,;]|$)/.exec(value ?? '')?.[1];
  return count === undefined ? null : Number(count);
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Reads a duration (`6m0s`, `1.5`), a date of RFC 3339, or seconds or milliseconds since the epoch. */
function resetMsOf(value: string | undefined, now: number): number | null {
  const text = value?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(text)) return fromNumber(Number(text), now);
  if (/^(\d+(\.\d+)?(ms|[smhd]))+$/.test(text)) {
    return [...text.matchAll(/([\d.]+)([a-z]+)/g)].reduce(
      (sum, [, count, unit]) => sum + Number(count) * (UNIT_MS[unit ?? ''] ?? 0),
      0,
    );
  }
  const date = /^\d{4}-\d{2}-\d{2}T/.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

/** No window is longer than thirty years: a larger number is a point in time. */
function fromNumber(value: number, now: number): number | null {
  if (value < 1e9) return value * 1_000;
  return Number.isFinite(value) ? Math.max(0, (value < 1e11 ? value * 1_000 : value) - now) : null;
}
