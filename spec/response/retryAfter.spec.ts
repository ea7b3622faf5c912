import { retryAfterMs, retryDelayMs } from '../../lib/response/retryAfter';

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
  ])('reads retry-after: %j in seconds', (value, ms) => {
    expect(retryAfterMs({ 'retry-after': value }, now)).toBe(ms);
  });

  it.each([
    ['as HTTP writes it now', 'Sun, 22 Nov 2026 09:51:29 GMT'],
    ['as RFC 850 wrote it', 'Sunday, 22-Nov-26 09:51:29 GMT'],
    ['as C writes it, without a zone', 'Sun Nov 22 09:51:29 2026'],
    ['without its zone', 'Sun, 22 Nov 2026 09:51:29'],
    ['with an offset', 'Sun, 22 Nov 2026 10:51:29 +0100'],
    ['of RFC 3339', '2026-11-22T09:51:29Z'],
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
    '5s',
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

  it('returns null without a header', () => {
    expect(retryAfterMs({}, now)).toBeNull();
    expect(retryAfterMs({ 'x-ratelimit-reset': '5' }, now)).toBeNull();
  });
});

describe('retryDelayMs', () => {
  const body = (retryDelay: unknown): unknown => ({ error: { details: [{ '@type': 'a' }, { retryDelay }] } });

  it.each([
    ['38s', 38_000],
    [' 0.5s ', 500],
    [{ seconds: 3 }, 3_000],
    [{ seconds: '3', nanos: 500_000_000 }, 3_500],
    [{ nanos: 1_000_000 }, 1],
  ])('reads %j', (delay, ms) => {
    expect(retryDelayMs(body(delay))).toBe(ms);
    expect(retryDelayMs([body(delay)])).toBe(ms);
  });

  it.each([
    ['38'],
    ['soon'],
    [38],
    [null],
    [{}],
    [{ seconds: -1 }],
    [{ seconds: 'x' }],
    [{ seconds: Infinity }],
  ])('does not understand %j', (delay) => {
    expect(retryDelayMs(body(delay))).toBeNull();
  });
});
