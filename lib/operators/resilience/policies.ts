import type { ChatError } from '../../errors';

/** A failed attempt, as passed to a {@link RetryPolicy}. */
export interface FailedAttempt {
  readonly error: ChatError;
  /** Number of the attempt; the first is 1. */
  readonly attempt: number;
  /** Returns a new random number from 0 up to 1; `Math.random` unless another source was given. */
  readonly random: () => number;
}

/**
 * A function that returns the milliseconds to wait before the next attempt, or `null` to give up.
 *
 * Policies are plain functions and compose: {@link defaultPolicy} is
 * `onlyRetryable(honourRetryAfter(exponentialBackoff()))`.
 *
 * @example Wait half a second for a lock, and the default time for anything else
 * ```ts
 * import { defaultPolicy, type RetryPolicy } from 'rxjs-chat-completions';
 *
 * const policy: RetryPolicy = (failed) =>
 *   failed.error._tag === 'HttpError' && failed.error.status === 409 ? 500 : defaultPolicy(failed);
 * ```
 */
export type RetryPolicy = (failed: FailedAttempt) => number | null;

/** Options for {@link exponentialBackoff}. */
export interface BackoffOptions {
  /** Upper bound of the first wait, in milliseconds. Default 500. */
  readonly baseMs?: number;
  /** Upper bound of every wait, in milliseconds. Default 8,000. */
  readonly capMs?: number;
}

/**
 * Waits a random time below a bound that doubles with every attempt: full jitter.
 *
 * The full wait is random, not a part of it, so clients that failed together do not retry together.
 *
 * @param options - The bound of the first wait, and the largest one, in milliseconds.
 * @returns A policy that never gives up: wrap it in {@link onlyRetryable}.
 *
 * @example
 * ```ts
 * import { exponentialBackoff, TruncatedError } from 'rxjs-chat-completions';
 *
 * const wait = exponentialBackoff({ baseMs: 100 });
 * console.assert(wait({ error: new TruncatedError(), attempt: 3, random: () => 0.5 }) === 200);
 * ```
 *
 * @see https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
 */
export function exponentialBackoff({ baseMs = 500, capMs = 8_000 }: BackoffOptions = {}): RetryPolicy {
  return ({ attempt, random }) => random() * Math.min(capMs, baseMs * 2 ** (attempt - 1));
}

/**
 * Waits as long as the server requests (`retry-after-ms`, `retry-after`, Google's `retryDelay`), and never less than another
 * policy returns.
 *
 * `Retry-After: 0` and a date in the past would make all clients retry at once, so the longer of the two waits counts.
 * Gives up when the server requests more than the cap: the caller gets the error at once, with its `retryAfterMs`, and can
 * show it.
 *
 * @param policy - The policy for the least wait, and for errors without a requested one.
 * @param capMs - Longest requested wait to honour, in milliseconds. Default one minute.
 *
 * @example
 * ```ts
 * import { exponentialBackoff, honourRetryAfter, onlyRetryable } from 'rxjs-chat-completions';
 *
 * const patient = onlyRetryable(honourRetryAfter(exponentialBackoff(), 10 * 60_000));
 * ```
 */
export function honourRetryAfter(policy: RetryPolicy, capMs = 60_000): RetryPolicy {
  return (failed) => {
    const { error } = failed;
    const requestedMs =
      error._tag === 'HttpError' || error._tag === 'ServerError' ? error.retryAfterMs : null;
    if (requestedMs === null) return policy(failed);
    return requestedMs <= capMs ? Math.max(requestedMs, policy(failed) ?? 0) : null;
  };
}

/**
 * Gives up on errors that are not `retryable`, since the same request would fail again.
 *
 * @param policy - The policy for the other errors.
 *
 * @example
 * ```ts
 * import { exponentialBackoff, onlyRetryable, RequestError } from 'rxjs-chat-completions';
 *
 * const policy = onlyRetryable(exponentialBackoff());
 * console.assert(policy({ error: new RequestError('no key'), attempt: 1, random: Math.random }) === null);
 * ```
 */
export function onlyRetryable(policy: RetryPolicy): RetryPolicy {
  return (failed) => (failed.error.retryable ? policy(failed) : null);
}

/**
 * The default policy of {@link retryChat}: retries retryable errors after the wait the server requests, else with backoff.
 *
 * @example Wait twice as long
 * ```ts
 * import { defaultPolicy, TruncatedError, type RetryPolicy } from 'rxjs-chat-completions';
 *
 * const patient: RetryPolicy = (failed) => {
 *   const wait = defaultPolicy(failed);
 *   return wait === null ? null : 2 * wait;
 * };
 * console.assert(patient({ error: new TruncatedError(), attempt: 1, random: () => 0.5 }) === 500);
 * ```
 */
export const defaultPolicy: RetryPolicy = onlyRetryable(honourRetryAfter(exponentialBackoff()));
