import { isRight } from 'fp-ts/Either';
import { identity, Observable, pipe, tap, type MonoTypeOperatorFunction, type SchedulerLike } from 'rxjs';

import type { ChatCompletionChunk } from '../../codec/ChatCompletionChunk';
import { requireOptions } from '../../codec/require';
import type { Decoded } from '../../decode/decode';
import { hasOutput } from '../../fold/hasOutput';
import { failWhenIdle } from '../../response/failWhenIdle';
import { timeLimit } from '../../response/timeLimit';
import { failAfter } from '../../response/timeouts';
import { isFiniteDelay } from '../../rx/isFiniteDelay';

/** Time limits of a stream, in milliseconds; absent or `Infinity` for no limit. */
export interface TimeoutOptions {
  /** Until the first event. */
  readonly first?: number;
  /** Between one activity and the next, after the first event. */
  readonly idle?: number;
  /** From the subscription to the end. */
  readonly total?: number;
  /** Times the waits. Default RxJS's `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/** Options for {@link chatTimeout}. */
export interface ChatTimeoutOptions extends TimeoutOptions {
  /**
   * Activity that restarts the `idle` timer: any event of the stream, or only one with output. Default `'events'`. Bytes
   * are not visible in a stream of chunks; the config's `timeouts` count them.
   */
  readonly activity?: 'events' | 'content';
}

/**
 * Errors when a stream is idle or takes too long.
 *
 * Limits one stream; `timeouts` in the config limits every call, and can count bytes. A limit that is not given does not
 * apply. Completing while a timer runs is not an error.
 *
 * ```text
 * source:                   -a-b-------c|
 * chatTimeout({ idle: 4 }): -a-b---#          # = ChatTimeoutError('idle')
 * ```
 *
 * @param options - `first`, `idle` and `total` in milliseconds, the activity that counts, and a scheduler.
 * @returns An operator that unsubscribes from the source, which aborts the request, and errors with {@link ChatTimeoutError}.
 * @throws RequestError if the options are not an object, such as a number.
 *
 * @example Five minutes for a cold model to load, then at most half a minute without output
 * ```ts
 * import { accumulateContent, chatCompletion$, chatTimeout } from 'rxjs-chat-completions';
 *
 * chatCompletion$({}, { model: 'llama3.2', messages: [{ role: 'user', content: 'Hi' }] }).pipe(
 *   chatTimeout({ first: 300_000, idle: 30_000, activity: 'content' }),
 *   accumulateContent(),
 * );
 * ```
 */
export function chatTimeout(
  options: ChatTimeoutOptions,
): MonoTypeOperatorFunction<Decoded<ChatCompletionChunk>> {
  requireOptions(options, 'chatTimeout({ idle: 30_000 })');
  const { first, idle, total, activity = 'events', scheduler } = options;
  const isActivity = (decoded: Decoded<ChatCompletionChunk>): boolean =>
    activity === 'events' || (isRight(decoded) && hasOutput(decoded.right));
  return pipe(
    failWithoutFirst(first, scheduler),
    failWhenIdle({ ms: idle, isActivity, scheduler }),
    failAfter('total', total, scheduler),
  );
}

/** Errors if the first value does not arrive in time. */
const failWithoutFirst = <T>(
  ms: number | undefined,
  scheduler?: SchedulerLike,
): MonoTypeOperatorFunction<T> =>
  isFiniteDelay(ms)
    ? (value$) =>
        new Observable((subscriber) => {
          const wait = timeLimit(subscriber, 'first', ms, { scheduler });
          wait.start();
          value$.pipe(tap(() => wait.stop())).subscribe(subscriber);
        })
    : identity;
