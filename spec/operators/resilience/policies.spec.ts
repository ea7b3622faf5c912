import {
  ConnectionError,
  ChatTimeoutError,
  ServerError,
  TruncatedError,
  type ChatError,
  type HttpError,
} from '../../../lib/errors';
import {
  defaultPolicy,
  exponentialBackoff,
  honourRetryAfter,
  onlyRetryable,
  type FailedAttempt,
} from '../../../lib/operators/resilience/policies';
import { httpError } from '../../helpers/httpError';

const failed = (error: ChatError, attempt = 1, random = 0.5): FailedAttempt => ({
  error,
  attempt,
  random: () => random,
});
const lost = new TruncatedError();
const busy = (retryAfterMs: number | null, retryable = true): HttpError =>
  httpError({ status: 429, serverMessage: 'slow down', retryAfterMs, retryable });

describe('exponentialBackoff', () => {
  it('doubles the bound with every attempt, up to the cap', () => {
    const bound = exponentialBackoff({ baseMs: 100, capMs: 1_000 });
    const waits = [1, 2, 3, 4, 5, 6].map((attempt) => bound(failed(lost, attempt, 1)));
    expect(waits).toEqual([100, 200, 400, 800, 1_000, 1_000]);
  });

  it('randomises the full wait, from 0 to the bound', () => {
    const backoff = exponentialBackoff({ baseMs: 100 });
    expect([0, 0.5, 0.99].map((random) => backoff(failed(lost, 1, random)))).toEqual([0, 50, 99]);
  });

  it('starts with half a second and is capped at 8 by default', () => {
    expect([1, 2, 5, 6, 2_000].map((attempt) => exponentialBackoff()(failed(lost, attempt, 1)))).toEqual([
      500, 1_000, 8_000, 8_000, 8_000,
    ]);
  });

  it('takes one random number for a wait', () => {
    const random = jest.fn(() => 0.5);
    exponentialBackoff()({ error: lost, attempt: 3, random });
    expect(random).toHaveBeenCalledTimes(1);
  });
});

describe('honourRetryAfter', () => {
  const otherwise = (): number => 7;

  it('waits as long as the server requests', () => {
    expect(honourRetryAfter(otherwise)(failed(busy(1_600)))).toBe(1_600);
  });

  it('waits as long as an error of a stream requests', () => {
    const fields = { serverMessage: 'slow down', code: 429, retryable: true };
    expect(honourRetryAfter(otherwise)(failed(new ServerError({ ...fields, retryAfterMs: 1_600 })))).toBe(
      1_600,
    );
    expect(honourRetryAfter(otherwise)(failed(new ServerError(fields)))).toBe(7);
  });

  it('does not wait when the server requests 0', () => {
    expect(honourRetryAfter(otherwise)(failed(busy(0)))).toBe(7);
    expect(honourRetryAfter(() => null)(failed(busy(5)))).toBe(5);
  });

  it('uses the other policy when the server requests nothing', () => {
    expect(honourRetryAfter(otherwise)(failed(busy(null)))).toBe(7);
    expect(honourRetryAfter(otherwise)(failed(new ConnectionError('reset', 'connect')))).toBe(7);
  });

  it('honours a wait up to the cap, and gives up above it', () => {
    expect(honourRetryAfter(otherwise)(failed(busy(60_000)))).toBe(60_000);
    expect(honourRetryAfter(otherwise)(failed(busy(60_001)))).toBeNull();
    expect(honourRetryAfter(otherwise, 1_000)(failed(busy(1_001)))).toBeNull();
  });
});

describe('onlyRetryable', () => {
  it('uses the other policy for retryable errors', () => {
    expect(onlyRetryable(() => 7)(failed(lost))).toBe(7);
  });

  it('gives up on other errors without the other policy', () => {
    const policy = jest.fn(() => 7);
    expect(onlyRetryable(policy)(failed(new ChatTimeoutError('first', 5)))).toBeNull();
    expect(policy).not.toHaveBeenCalled();
  });
});

describe('defaultPolicy', () => {
  it.each([
    ['waits as the server requests', busy(1_600), 1_600],
    ['draws a wait where it does not ask', busy(null), 250],
    ['draws a wait for a lost connection', new ConnectionError('reset', 'connect'), 250],
    ['gives up on a spent quota, whatever wait it requests', busy(1_600, false), null],
    ['gives up on a wait of more than a minute', busy(3_600_000), null],
    ['gives up on a first event that did not come', new ChatTimeoutError('first', 5), null],
  ])('%s', (_, error, wait) => {
    expect(defaultPolicy(failed(error))).toBe(wait);
  });
});
