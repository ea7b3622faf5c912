import fc from 'fast-check';

import type { RateLimit } from '../../../lib/errors';
import { rateLimitOf } from '../../../lib/response/errors/rateLimit';
import { recordedErrors } from '../../helpers/recordedErrors';

const now = Date.UTC(2026, 10, 22, 9, 51, 0);

type Row = readonly [string, Readonly<Record<string, string>>, RateLimit];

/** The forms of rate-limit headers, by server. */
const FORMS: readonly Row[] = [
  [
    'OpenAI and Groq',
    {
      'x-ratelimit-limit-requests': '30000',
      'x-ratelimit-remaining-requests': '29999',
      'x-ratelimit-reset-requests': '2ms',
      'x-ratelimit-limit-tokens': '150000000',
      'x-ratelimit-remaining-tokens': '149999974',
      'x-ratelimit-reset-tokens': '6m0s',
    },
    {
      requests: { limit: 30_000, remaining: 29_999, resetMs: 2 },
      tokens: { limit: 150_000_000, remaining: 149_999_974, resetMs: 360_000 },
    },
  ],
  [
    'Azure, without a reset',
    { 'x-ratelimit-limit-requests': '5000', 'x-ratelimit-remaining-requests': '4993' },
    { requests: { limit: 5_000, remaining: 4_993, resetMs: null }, tokens: null },
  ],
  [
    'Cerebras',
    {
      'x-ratelimit-limit-requests-day': '14400',
      'x-ratelimit-reset-requests-day': '33011.5',
      'x-ratelimit-remaining-tokens-minute': '59000',
    },
    {
      requests: { limit: 14_400, remaining: null, resetMs: 33_011_500 },
      tokens: { limit: null, remaining: 59_000, resetMs: null },
    },
  ],
  [
    'Mistral',
    {
      'x-ratelimit-limit-req-minute': '60',
      'x-ratelimit-remaining-req-minute': '59',
      'x-ratelimit-limit-tokens-minute': '50000',
      'x-ratelimit-remaining-tokens-minute': '47196',
      'x-ratelimit-remaining-tokens-month': '3950246',
    },
    {
      requests: { limit: 60, remaining: 59, resetMs: null },
      tokens: { limit: 50_000, remaining: 47_196, resetMs: null },
    },
  ],
  [
    'Fireworks',
    {
      'x-ratelimit-limit-requests': '600',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-limit-tokens-prompt': '60000',
      'x-ratelimit-remaining-tokens-prompt': '1',
      'x-ratelimit-limit-tokens-generated': '6000',
    },
    {
      requests: { limit: 600, remaining: 0, resetMs: null },
      tokens: { limit: 60_000, remaining: 1, resetMs: null },
    },
  ],
  [
    'Together',
    {
      'x-ratelimit-limit': '10',
      'x-ratelimit-remaining': '9',
      'x-ratelimit-reset': '1',
      'x-tokenlimit-limit': '3000',
      'x-tokenlimit-remaining': '2900',
    },
    {
      requests: { limit: 10, remaining: 9, resetMs: 1_000 },
      tokens: { limit: 3_000, remaining: 2_900, resetMs: null },
    },
  ],
  [
    'OpenRouter, milliseconds since the epoch',
    {
      'x-ratelimit-limit': '1',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': String(now + 30_000),
    },
    { requests: { limit: 1, remaining: 0, resetMs: 30_000 }, tokens: null },
  ],
  [
    'a gateway, seconds since the epoch',
    { 'x-ratelimit-remaining': '10', 'x-ratelimit-reset': String(now / 1_000 + 30) },
    { requests: { limit: null, remaining: 10, resetMs: 30_000 }, tokens: null },
  ],
  [
    'Anthropic',
    {
      'anthropic-ratelimit-requests-limit': '50',
      'anthropic-ratelimit-requests-remaining': '49',
      'anthropic-ratelimit-requests-reset': '2026-11-22T09:51:02Z',
      'anthropic-ratelimit-tokens-remaining': '39000',
    },
    {
      requests: { limit: 50, remaining: 49, resetMs: 2_000 },
      tokens: { limit: null, remaining: 39_000, resetMs: null },
    },
  ],
  [
    'the IETF, up to draft 06',
    { 'ratelimit-limit': '100, 100;w=60', 'ratelimit-remaining': '50', 'ratelimit-reset': '5' },
    { requests: { limit: 100, remaining: 50, resetMs: 5_000 }, tokens: null },
  ],
  [
    'the IETF, draft 07',
    { ratelimit: 'limit=100, remaining=50, reset=5' },
    { requests: { limit: 100, remaining: 50, resetMs: 5_000 }, tokens: null },
  ],
  [
    'the IETF, draft 08 and later',
    { ratelimit: '"default";r=50;t=5', 'ratelimit-policy': '"default";q=100;w=60' },
    { requests: { limit: 100, remaining: 50, resetMs: 5_000 }, tokens: null },
  ],
];

describe('rateLimitOf', () => {
  it.each(FORMS)('reads the headers of %s', (_, headers, expected) => {
    expect(rateLimitOf(headers, now)).toEqual(expected);
  });

  it.each([
    ['0s', 0],
    ['120ms', 120],
    ['1.5s', 1_500],
    ['1m30.5s', 90_500],
    ['6m0s', 360_000],
    ['1h2m3s', 3_723_000],
    ['1d', 86_400_000],
    ['20', 20_000],
    ['0.25', 250],
    [String(now - 1), 0],
    ['2026-11-22T09:51:00.5Z', 500],
    ['Sun, 22 Nov 2026 09:51:30 GMT', 30_000],
    ['2026-11-22T00:00:00Z', 0],
    ['2026-11-22T10:52:00+01:00', 60_000],
  ])('reads the reset %j', (reset, resetMs) => {
    expect(rateLimitOf({ 'x-ratelimit-reset-tokens': reset }, now)?.tokens?.resetMs).toBe(resetMs);
  });

  it.each([
    ['', ''],
    ['-1', 'soon'],
    ['unlimited', '-5'],
    ['1,000', '2026-11-22T09:52:00'],
    ['1e99', '5 minutes'],
    ['NaN', '9'.repeat(400)],
  ])('returns null for the limit %j and the reset %j', (limit, reset) => {
    const headers = { 'x-ratelimit-limit-requests': limit, 'x-ratelimit-reset-requests': reset };
    expect(rateLimitOf(headers, now)).toBeNull();
  });

  it.each(['100', '100, 100', '100,100;w=60', '100;w=60'])('reads the count in %j', (limit) => {
    expect(rateLimitOf({ 'ratelimit-limit': limit }, now)?.requests?.limit).toBe(100);
  });

  it('returns null without headers', () => {
    expect(rateLimitOf({ 'content-type': 'application/json', ratelimit: 'none' }, now)).toBeNull();
  });

  it('returns numbers that are finite and not negative, or null, for any value', () => {
    const values = fc.oneof(
      fc.string(),
      fc.stringMatching(/^[\d.]+(ms|s|m|h|d)?[\d.ms]*$/),
      fc.integer().map(String),
    );
    fc.assert(
      fc.property(values, values, (limit, reset) => {
        const found = rateLimitOf({ 'x-ratelimit-limit': limit, 'x-ratelimit-reset': reset }, now);
        for (const value of Object.values(found?.requests ?? {}) as ReadonlyArray<number | null>) {
          expect(value === null || (Number.isFinite(value) && value >= 0)).toBe(true);
        }
      }),
    );
  });

  const recorded = recordedErrors().filter(({ headers }) =>
    Object.keys(headers).some((name) => /^x-ratelimit-(limit|remaining)/.test(name)),
  );
  // None without the recordings that may be beside the checkout.
  it.each(recorded.length === 0 ? [undefined] : recorded)('reads the recorded $file', (recording) => {
    if (recording === undefined) return;
    const { requests } = rateLimitOf(recording.headers, now) ?? {};
    expect(requests?.limit).toBeGreaterThan(0);
    expect(requests?.remaining).toBeLessThanOrEqual(requests?.limit ?? 0);
  });
});
