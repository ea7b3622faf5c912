import type { ChatError } from '../../errors';

/** An attempt that failed, as a {@link RetryPolicy} sees it. */
export interface FailedAttempt {
  readonly error: ChatError;
  /** Which attempt it was; the first is 1. */
  readonly attempt: number;
  /** A number from 0 up to 1, drawn anew each time; `Math.random` unless another source was given. */
  readonly random: () => number;
}

/**
 * How long to wait before the next attempt, in milliseconds; `null` to give up.
 *
 * Policies are plain functions, so they compose: {@link defaultPolicy} is
 * `onlyRetryable(honourRetryAfter(exponentialBackoff()))`.
 *
 * @example Wait half a second for a lock, and as usual for anything else
 * ```ts
 * import { defaultPolicy, type RetryPolicy } from 'rxjs-chat-completions';
 *
 * const policy: RetryPolicy = (failed) =>
 *   failed.error._tag === 'HttpError' && failed.error.status === 409 ? 500 : defaultPolicy(failed);
 * ```
 */
export type RetryPolicy = (failed: FailedAttempt) => number | null;

/** What {@link exponentialBackoff} can be told. */
export interface BackoffOptions {
  /** The longest first wait, in milliseconds. Default 500. */
  readonly baseMs?: number;
  /** The longest wait of all, in milliseconds. Default 8,000. */
  readonly capMs?: number;
}

/**
 * Waits a random time below a bound that doubles with every attempt: full jitter.
 *
 * The whole wait is drawn, not a part of it, so that many clients that failed together do not come back together.
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
 * Waits as long as the server asked for (`retry-after-ms`, `retry-after`), else as `otherwise` says.
 *
 * A server that asks for more than the cap is not waited for: the caller gets the error at once, with its
 * `retryAfterMs`, and can tell the user.
 *
 * @param otherwise - For errors that come without a wish.
 * @param capMs - The longest wish that is granted, in milliseconds. Default one minute.
 *
 * @example
 * ```ts
 * import { exponentialBackoff, honourRetryAfter, onlyRetryable } from 'rxjs-chat-completions';
 *
 * const patient = onlyRetryable(honourRetryAfter(exponentialBackoff(), 10 * 60_000));
 * ```
 */
export function honourRetryAfter(otherwise: RetryPolicy, capMs = 60_000): RetryPolicy {
  return (failed) => {
    const wish = failed.error._tag === 'HttpError' ? failed.error.retryAfterMs : null;
    if (wish === null) return otherwise(failed);
    return wish <= capMs ? wish : null;
  };
}

/**
 * Gives up on errors that the same request will meet again: those that are not `retryable`.
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
 * What {@link retryChat} does unless told otherwise: what is retryable, as the server asks, else with backoff.
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
