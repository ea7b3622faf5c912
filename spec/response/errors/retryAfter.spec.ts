import { retryAfterMs, retryDelayMs } from '../../../lib/response/errors/retryAfter';

const now = Date.UTC(2026, 10, 22, 9, 51, 0);

describe('retryAfterMs', () => {
  it.each([
    ['0', 0],
    ['1', 1_000],
    ['20', 20_000],
    ['1.5', 1_500],
    [' 2 ', 2_000],
    ['86400', 86_400_000],
    ['0.001', 1],
    ['5s', 5_000],
    ['1m30s', 90_000],
  ])('reads retry-after: %j in seconds, or with a unit', (value, ms) => {
    expect(retryAfterMs({ 'retry-after': value }, now)).toBe(ms);
  });

  it.each([
    ['as HTTP writes it now', 'Sun, 22 Nov 2026 09:51:29 GMT'],
    ['as RFC 850 wrote it', 'Sunday, 22-Nov-26 09:51:29 GMT'],
    ['as C writes it, without a zone', 'Sun Nov 22 09:51:29 2026'],
    ['without its zone', 'Sun, 22 Nov 2026 09:51:29'],
    ['with an offset', 'Sun, 22 Nov 2026 10:51:29 +0100'],
    ['of RFC 3339', '2026-11-22T09:51:29Z'],
    ['in seconds since the epoch', String(now / 1_000 + 29)],
    ['in milliseconds since the epoch', String(now + 29_000)],
    ['of RFC 3339, with an offset', '2026-11-22T04:51:29.000-05:00'],
  ])('reads a date %s, counted from now', (_, date) => {
    expect(retryAfterMs({ 'retry-after': date }, now)).toBe(29_000);
  });

  it.each([-3_600_000, 3_600_000])(
    'counts from the date of the response if the clock is off by %d ms',
    (by) => {
      const headers = {
        'retry-after': 'Sun, 22 Nov 2026 09:51:29 GMT',
        date: 'Sun, 22 Nov 2026 09:51:00 GMT',
      };
      expect(retryAfterMs(headers, now + by)).toBe(29_000);
      expect(retryAfterMs({ ...headers, date: 'now' }, now)).toBe(29_000);
    },
  );

  it('returns 0 for a date in the past', () => {
    expect(retryAfterMs({ 'retry-after': 'Sun, 06 Nov 1994 08:49:37 GMT' }, now)).toBe(0);
  });

  it('returns the full wait until a distant date', () => {
    expect(retryAfterMs({ 'retry-after': 'Tue, 22 Nov 2039 09:51:00 GMT' }, now)).toBe(
      Date.UTC(2039, 10, 22, 9, 51) - now,
    );
  });

  it('reads retry-after-ms first', () => {
    expect(retryAfterMs({ 'retry-after-ms': '250', 'retry-after': '20' }, now)).toBe(250);
    expect(retryAfterMs({ 'retry-after-ms': '0.5' }, now)).toBe(0.5);
  });

  it('falls back to retry-after if retry-after-ms cannot be read', () => {
    expect(retryAfterMs({ 'retry-after-ms': 'soon', 'retry-after': '20' }, now)).toBe(20_000);
    expect(retryAfterMs({ 'retry-after-ms': '5s' }, now)).toBeNull();
  });

  it.each([
    '',
    ' ',
    'soon',
    'Later',
    'Wait 5',
    'In 5 minutes',
    'May 5',
    '-5',
    '+5',
    '5 apples',
    '1e3',
    '0x10',
    '1,5',
    'NaN',
    'Infinity',
    '5, 10',
    'Sun, 99 Nov 2026 09:51:29 GMT',
    '9'.repeat(400),
  ])('does not understand %j', (value) => {
    expect(retryAfterMs({ 'retry-after': value }, now)).toBeNull();
    expect(retryAfterMs({ 'retry-after-ms': value }, now)).toBeNull();
  });

  it.each(['2', 'Sun, 22 Nov 2026 09:51:02 GMT'])('reads %j, which two hops have sent', (value) => {
    expect(retryAfterMs({ 'retry-after': `${value}, ${value}` }, now)).toBe(2_000);
  });

  it('returns null without a header', () => {
    expect(retryAfterMs({}, now)).toBeNull();
    expect(retryAfterMs({ 'x-ratelimit-reset': '5' }, now)).toBeNull();
  });
});

describe('retryDelayMs', () => {
  const body = (retryDelay: unknown): unknown => ({ error: { details: [{ '@type': 'a' }, { retryDelay }] } });
  const inFields = (json: unknown): number | null => retryDelayMs(json, '');

  it.each([
    ['38s', 38_000],
    ['38', 38_000],
    [38, 38_000],
    [0, 0],
    [' 0.5s ', 500],
    [{ seconds: 3 }, 3_000],
    [{ seconds: '3', nanos: 500_000_000 }, 3_500],
    [{ nanos: 1_000_000 }, 1],
    [{ seconds: 3, nanos: null }, 3_000],
  ])('reads %j', (delay, ms) => {
    expect(inFields(body(delay))).toBe(ms);
    expect(inFields([body(delay)])).toBe(ms);
  });

  it.each([
    ['soon'],
    [-1],
    [true],
    [null],
    [{}],
    [{ seconds: -1 }],
    [{ seconds: 'x' }],
    [{ seconds: { toString: 1, valueOf: 1 } }],
    [{ seconds: Infinity }],
  ])('does not understand %j', (delay) => {
    expect(inFields(body(delay))).toBeNull();
  });

  it.each<[object, number]>([
    [{ retry_after: 5 }, 5_000],
    [{ error: 'too many', retryAfter: '5' }, 5_000],
    [{ error: { retry_after_ms: 1_500 } }, 1_500],
    [{ error: { retryAfterMs: '1500' } }, 1_500],
    [{ error: { metadata: { retry_after_seconds: 12 } } }, 12_000],
    [{ error: { metadata: { headers: { 'Retry-After': '9' } } } }, 9_000],
    [{ error: { metadata: { raw: JSON.stringify(body('38s')) } } }, 38_000],
    [{ error: { metadata: { raw: JSON.stringify([body('38s')]) } } }, 38_000],
  ])('reads a field of the body: %j', (json, ms) => {
    expect(inFields(json)).toBe(ms);
  });

  it.each([[{ retry: 5 }], [{ retry_after: null }], ['retry_after'], [{ retried_after: 5 }]])(
    'finds none in %j',
    (json) => {
      expect(inFields(json)).toBeNull();
    },
  );

  it('searches no further than a few levels', () => {
    const nested = (levels: number): object =>
      levels === 0 ? { retry_after: 5 } : { a: nested(levels - 1) };
    expect(inFields(nested(8))).toBe(5_000);
    expect(inFields(nested(9))).toBeNull();
  });

  it.each([
    ['Rate limit reached on tokens per min (TPM): Limit 10000. Please try again in 20s. Visit', 20_000],
    ['Please try again in 6ms.', 6],
    ['Please try again in 7m12.5s. Need more tokens?', 432_500],
    ['Please retry after 6 seconds.', 6_000],
    ['Please retry in 38.6s.', 38_600],
    ['Please wait 1 hour 30 minutes before the next request', 5_400_000],
    ['Retry in 500 milliseconds', 500],
  ])('reads the words %j', (message, ms) => {
    expect(retryDelayMs(undefined, message)).toBe(ms);
    expect(retryDelayMs({ retry_after: 1 }, message)).toBe(1_000);
  });

  it.each(['', 'try again later', 'retry 5 models', 'try again in 5', 'again 5 shards', 'within 20s'])(
    'reads no wait from %j',
    (message) => {
      expect(retryDelayMs(undefined, message)).toBeNull();
    },
  );
});
