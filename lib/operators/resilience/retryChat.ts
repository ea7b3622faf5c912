import { right } from 'fp-ts/Either';
import {
  asyncScheduler,
  concatMap,
  defer,
  retry,
  tap,
  throwError,
  timer,
  type MonoTypeOperatorFunction,
  type SchedulerLike,
} from 'rxjs';

import type { ChatCompletionChunk } from '../../codec/ChatCompletionChunk';
import type { Decoded } from '../../decode/decode';
import { markedChunk } from '../../codec/mark';
import { isChatError, type ChatError } from '../../errors';
import { defaultPolicy, type RetryPolicy } from './policies';
import { isFiniteDelay } from '../../rx/isFiniteDelay';

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
   * Also retry after output. A marked chunk precedes the first chunk of the new attempt. Every fold of this library resets
   * at it; a consumer that appends must do the same (`markOf`). Until then, and when no later attempt has any output, the
   * earlier output stays.
   */
  readonly restart: true;
}

/**
 * Retries a failed call, but only if it failed before its first value, so text is never duplicated.
 *
 * Put it above the folds, next to the call. The policy decides which errors to retry. By default these are a lost
 * connection, 408, 409, 429, 5xx and a truncated stream, after the wait the server requests, else after a random wait. A
 * spent quota is not retried, nor is a missing first event, because unsubscribing has just cancelled a cold server's
 * loading of the model. Each attempt requests the API key again.
 *
 * ```text
 * source:      -#  then -a-b|     # = HttpError 429, retryAfterMs 3
 * retryChat(): ---- -a-b|
 * ```
 *
 * @param options - The number of retries, their waits and a callback.
 * @returns An operator that errors with the last attempt's error. Errors of other kinds than {@link ChatError} pass through.
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
export function retryChat<T>({
  count = 2,
  policy = defaultPolicy,
  onRetry,
  random = Math.random,
  scheduler = asyncScheduler,
  restart = false,
}: RetryOptions & { readonly restart?: boolean } = {}): MonoTypeOperatorFunction<T> {
  return (source$) =>
    defer(() => {
      let attempts = 0;
      let emitted = false;
      const attempt$ = defer(() => {
        attempts += 1;
        if (!emitted) return source$;
        // Only the overload for streams of chunks lets `restart` be true.
        const mark = right(markedChunk({ kind: 'restarted', attempt: attempts })) as T;
        return source$.pipe(concatMap((value, index) => (index === 0 ? [mark, value] : [value])));
      });
      return attempt$.pipe(
        tap(() => (emitted = true)),
        retry({
          count,
          delay: (error: unknown, failures) => {
            if (!isChatError(error) || (emitted && !restart)) return throwError(() => error);
            const delayMs = policy({ error, attempt: failures, random });
            if (delayMs === null || !isFiniteDelay(delayMs)) return throwError(() => error);
            onRetry?.({ error, retry: failures, count, delayMs });
            return timer(delayMs, scheduler);
          },
        }),
      );
    });
}
