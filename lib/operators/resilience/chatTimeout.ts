import { defer, tap, type MonoTypeOperatorFunction } from 'rxjs';

import type { ChatCompletionChunk } from '../../codec/ChatCompletionChunk';
import type { Decoded } from '../../decode/decode';
import { isActivity } from '../../call/isActivity';
import { failWhenIdle, type TimeoutOptions } from '../../call/failWhenIdle';
import { ActivityTracker } from '../../call/ActivityTracker';

/** What {@link chatTimeout} can be told. */
export interface ChatTimeoutOptions extends TimeoutOptions {
  /**
   * What ends an `idle` wait: any event of the stream, or only one that brings text, reasoning or a piece of a tool call.
   * Default `'events'`. Bytes are counted in the config's `timeouts`: a stream of chunks does not show them.
   */
  readonly activity?: 'events' | 'content';
}

/**
 * Fails a stream that has gone quiet, or takes too long.
 *
 * For one stream among others; `timeouts` in the config does the same for every call, and counts bytes. Nothing is
 * limited that is not named. Completing during a wait is no silence.
 *
 * ```text
 * source:                   -a-b-------c|
 * chatTimeout({ idle: 4 }): -a-b---#          # = ChatTimeoutError('idle')
 * ```
 *
 * @param options - `first`, `idle` and `total`, in milliseconds; what counts; and a scheduler.
 * @returns An operator that unsubscribes from the source, which aborts the request, and errors with {@link ChatTimeoutError}.
 *
 * @example Five minutes for a cold model to load, then half a minute of silence at most
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
