import {
  defer,
  EMPTY,
  merge,
  retry,
  tap,
  throwError,
  timer,
  type MonoTypeOperatorFunction,
  type SchedulerLike,
} from 'rxjs';

import type { ChatCompletionChunk } from '../../codec/ChatCompletionChunk';
import { requireOptions } from '../../codec/require';
import type { Decoded } from '../../decode/decode';
import { isChatError, type ChatError } from '../../errors';
import { isFiniteDelay } from '../../rx/isFiniteDelay';
import { isEndedShare } from '../flow/shareCompletion';
import { Emitted } from './Emitted';
import { failWhenEmpty, type EmptyPolicy } from './failWhenEmpty';
import { defaultPolicy, type RetryPolicy } from './policies';

/** A retry before its wait; enough to render `429, retry 2/5 in 1.6 s`. */
export interface PlannedRetry {
  /** The error of the failed attempt. */
  readonly error: ChatError;
  /** Number of this retry; the first is 1. */
  readonly retry: number;
  /** Maximum number of retries. */
  readonly count: number;
  /** Milliseconds until it starts. */
  readonly delayMs: number;
}

/** Options for {@link retryChat}. */
export interface RetryOptions {
  /** Maximum number of retries. Default 2. */
  readonly count?: number;
  /** The wait before each retry, or the decision to give up. Default {@link defaultPolicy}. */
  readonly policy?: RetryPolicy;
  /**
   * Treatment of an answer that ends without any output: `'complete'` accepts it, `'fail'` turns it into a
   * {@link TruncatedError}, which the default policy retries. Default `'complete'`.
   */
  readonly onEmpty?: EmptyPolicy;
  /** Called before the wait of each retry. */
  readonly onRetry?: (planned: PlannedRetry) => void;
  /** Returns the random number for jitter, from 0 up to 1. Default `Math.random`. */
  readonly random?: () => number;
  /** Schedules the waits. Default RxJS's `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/** Options for {@link retryChat} on streams of chunks that may also restart after output. */
export interface RestartOptions extends RetryOptions {
  /**
   * Also retry after output. A marked chunk precedes the chunks of the new attempt, which are emitted from its first output
   * on. Every fold of this library resets at it; a consumer that appends must do the same (`markOf`). Until then, and if all
   * later attempts fail without output, the earlier output stays.
   */
  readonly restart: true;
}

/**
 * Retries a failed call, but only if it failed before its first output, so text is never duplicated.
 *
 * The policy decides which errors to retry. By default these are a lost connection, a stalled or truncated stream, and 408,
 * 409, 425, 429, 498 and 5xx except 501, after the wait the server requests, else after a random wait. A spent quota is
 * not retried, nor is a missing first event, because unsubscribing has just cancelled a cold server's loading of the model.
 * Each attempt requests the API key again.
 *
 * A chunk without output, such as the role, does not end the retries. The chunks of the next attempt are then emitted from
 * its first output on, after a mark at which every fold of this library resets. For values that are not chunks, any value is
 * output.
 *
 * ```text
 * 1st attempt: -#           # = HttpError 429, retryAfterMs 3
 * 2nd attempt:     -a-b|
 * retryChat(): -----a-b|
 * ```
 *
 * Put it next to the call, above the folds and above `shareCompletion`. Below a fold, RxJS's own `retry` duplicates text.
 * Below `shareCompletion` an attempt sends no request, so `retryChat` gives up at the first error; with an operator between them at
 * the second, which is the same error object.
 *
 * ```text
 * 1st attempt:                    -a-#        a, b = text
 * 2nd attempt:                       -a-b|
 * contentDeltas(), retry():       -a--a-b|    wrong: a twice
 * retryChat(), contentDeltas():   -a-#        right: a has been emitted, so the error passes through
 *
 * 1st attempt:                    -#          # = HttpError 429, retryAfterMs 3
 * 2nd attempt:                        -a|
 * shareCompletion(), retryChat(): -#          wrong: the error of the first request
 * retryChat(), shareCompletion(): -----a|     right: a second request
 * ```
 *
 * @param options - The number of retries, their waits and a callback.
 * @returns An operator that errors with the last attempt's error. Errors of other kinds than {@link ChatError} pass through.
 * @throws RequestError if the options are not an object, such as a number.
 *
 * @example
 * ```ts
 * import { accumulateContent, chatCompletion$, retryChat } from 'rxjs-chat-completions';
 *
 * chatCompletion$({}, { model: 'llama3.2', messages: [{ role: 'user', content: 'Hi' }] }).pipe(
 *   retryChat({
 *     count: 5,
 *     onRetry: ({ error, retry, count, delayMs }) =>
 *       console.log(`${error.message}: retry ${retry}/${count} in ${(delayMs / 1000).toFixed(1)} s`),
 *   }),
 *   accumulateContent(),
 * );
 * ```
 */
export function retryChat(options: RestartOptions): MonoTypeOperatorFunction<Decoded<ChatCompletionChunk>>;
export function retryChat<T>(options?: RetryOptions): MonoTypeOperatorFunction<T>;
export function retryChat<T>(
  options: RetryOptions & { readonly restart?: boolean } = {},
): MonoTypeOperatorFunction<T> {
  requireOptions(options, 'retryChat({ count: 3 })');
  const {
    count = 2,
    policy = defaultPolicy,
    onEmpty,
    onRetry,
    random = Math.random,
    scheduler,
    restart,
  } = options;
  return (source$) =>
    defer(() => {
      let attempts = 0;
      const emitted = new Emitted();
      let lastError: unknown;
      let isSubscribing = false;
      const subscribed$ = defer(() => {
        isSubscribing = false;
        return EMPTY;
      });
      const attempt$ = defer(() => {
        attempts += 1;
        const checked$ = source$.pipe(failWhenEmpty(onEmpty));
        if (attempts === 1) return checked$;
        isSubscribing = true;
        return merge(checked$.pipe(emitted.restarting(attempts)), subscribed$);
      });
      return attempt$.pipe(
        tap((value) => emitted.add(value)),
        retry({
          count,
          delay: (error: unknown, failures) => {
            // The same object, while subscribing: a share further up replayed its end, and no request was sent.
            const isReplayed = isEndedShare(source$) || (isSubscribing && error === lastError);
            lastError = error;
            if (!isChatError(error) || isReplayed || (emitted.hasOutput && !restart))
              return throwError(() => error);
            const wait = policy({ error, attempt: failures, random });
            if (wait === null || !isFiniteDelay(wait)) return throwError(() => error);
            const delayMs = Math.max(0, wait);
            onRetry?.({ error, retry: failures, count, delayMs });
            return timer(delayMs, scheduler);
          },
        }),
      );
    });
}
