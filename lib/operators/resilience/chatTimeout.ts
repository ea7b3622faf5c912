import { defer, tap, type MonoTypeOperatorFunction } from 'rxjs';

import type { ChatCompletionChunk } from '../../codec/ChatCompletionChunk';
import type { Decoded } from '../../decode/decode';
import { isActivity } from '../../call/isActivity';
import { failWhenIdle, type TimeoutOptions } from '../../call/failWhenIdle';
import { ActivityTracker } from '../../call/ActivityTracker';

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
  return (decoded$) =>
    defer(() => {
      const life = new ActivityTracker(options.scheduler);
      return decoded$.pipe(
        tap((decoded) => {
          life.begin();
          if (isActivity(decoded, options.activity)) life.seen();
        }),
        failWhenIdle(options, life),
      );
    });
}
