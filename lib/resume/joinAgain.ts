import { defer, retry, throwError, timer, type MonoTypeOperatorFunction, type SchedulerLike } from 'rxjs';

import { isChatError, type ChatError } from '../errors';
import { defaultPolicy, type RetryPolicy } from '../operators/resilience/policies';
import { isFiniteDelay } from '../rx/isFiniteDelay';
import type { Place } from './wholeEvents';

/** Options for the attempts to join an answer again. */
export interface JoinOptions {
  /** Maximum number of attempts to join again without an event between them. Default 5. */
  readonly count?: number;
  /** Decides the waits between them. Default {@link defaultPolicy}. */
  readonly policy?: RetryPolicy;
  /** Called before the wait of each attempt. */
  readonly onJoin?: (planned: { readonly error: ChatError; readonly delayMs: number }) => void;
  /** Returns the random number for jitter, from 0 up to 1. Default `Math.random`. */
  readonly random?: () => number;
  /** Times the waits. Default RxJS's `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/**
 * Subscribes again when the connection is lost, after a wait.
 *
 * ```text
 * source:    -a-#      # = the connection is lost
 * again:          -b|
 * joinAgain: -a----b|
 * ```
 *
 * @param place - The place after the last event. An event begins a new count of attempts.
 * @param canJoin - Whether there is an answer to join.
 */
export const joinAgain =
  <T>(
    place: Place,
    canJoin: () => boolean,
    { count = 5, policy = defaultPolicy, onJoin, random = Math.random, scheduler }: JoinOptions,
  ): MonoTypeOperatorFunction<T> =>
  (source$) =>
    defer(() => {
      let attempt = 0;
      let joinedAt: string | undefined;
      return source$.pipe(
        retry({
          delay: (error: unknown) => {
            if (!canJoin() || !isLost(error)) return throwError(() => error);
            attempt = joinedAt === place.lastId ? attempt + 1 : 1;
            joinedAt = place.lastId;
            const wait = attempt <= count ? (policy({ error, attempt, random }) ?? undefined) : undefined;
            if (!isFiniteDelay(wait)) return throwError(() => error);
            const delayMs = Math.max(wait, place.retryMs);
            onJoin?.({ error, delayMs });
            return timer(delayMs, scheduler);
          },
        }),
      );
    });

/** Whether an error concerns the connection or the relay, and not the answer. */
const isLost = (error: unknown): error is ChatError =>
  isChatError(error) &&
  (error._tag === 'ConnectionError' || error._tag === 'HttpError' || error._tag === 'ChatTimeoutError');
