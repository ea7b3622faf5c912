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

/** A retry that is about to be waited for; enough to draw `429, retry 2/5 in 1.6 s`. */
export interface PlannedRetry {
  /** Why. */
  readonly error: ChatError;
  /** Which retry this is; the first is 1. */
  readonly retry: number;
  /** How many there may be. */
  readonly count: number;
  /** How long until it starts, in milliseconds. */
  readonly delayMs: number;
}

/** What {@link retryChat} can be told. */
export interface RetryOptions {
  /** The most retries. Default 2. */
  readonly count?: number;
  /** How long to wait, or whether to give up. Default {@link defaultPolicy}. */
  readonly policy?: RetryPolicy;
  /** Told of each retry before its wait. */
  readonly onRetry?: (planned: PlannedRetry) => void;
  /** The source of jitter: a number from 0 up to 1. Default `Math.random`. */
  readonly random?: () => number;
  /** Times the waits. Default RxJS's `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/** What {@link retryChat} can be told for streams of chunks. */
export interface RestartOptions extends RetryOptions {
  /**
   * Also retry after output. The first chunk of the new attempt has a marked one before it, on which every fold of this
   * library starts anew; a consumer that appends must do so too (`markOf`). Until then, and when no attempt says anything
   * more, what came before stays.
   */
  readonly restart: true;
}

/**
 * Sends the request again when that may help: before the first value only, so no text ever comes twice.
 *
 * Put it above the folds, next to the call. What may help is for the policy to say: by default a lost connection,
 * 408, 409, 429, 5xx and a stream that was cut off, after the wait the server asks for, else after a random one; not a
 * spent quota, and not a first event that did not come, where letting go has just cancelled a cold server's loading of the
 * model. Each attempt asks for the API key again.
 *
 * ```text
 * source:      -#  then -a-b|     # = HttpError 429, retryAfterMs 3
 * retryChat(): ---- -a-b|
 * ```
 *
 * @param options - How often, how long, and who is told.
 * @returns An operator that errors with the last attempt's error. Errors that are not of this library pass.
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
