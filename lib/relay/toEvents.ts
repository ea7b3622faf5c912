import { identity } from 'fp-ts/function';
import { catchError, defer, endWith, filter, map, of, tap, throwError, type OperatorFunction } from 'rxjs';

import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import { isRestart, markOf } from '../codec/mark';
import type { Decoded } from '../decode/decode';
import { ServerError } from '../errors';
import { unwrap, type ChunkErrorPolicy } from '../operators/either/unwrap';
import { holdUntilOutput } from '../operators/resilience/holdUntilOutput';
import { failureEvent } from './failure';
import { createSlimmer } from './slim';

/** Options for {@link toEvents}. */
export interface EventsOptions {
  /**
   * Whether to leave out `id`, `object`, `created`, `model`, `system_fingerprint` and `service_tier` where they repeat the first chunk.
   * Default true.
   */
  readonly slim?: boolean;
  /** Whether readers see the messages of the model's server. Default false: they see the kind of the error only. */
  readonly exposeErrors?: boolean;
  /** Policy for a chunk that cannot be decoded. Default `'fail'`. */
  readonly onChunkError?: ChunkErrorPolicy;
}

/**
 * Converts decoded chunks to the text of server-sent events, as `chatCompletion$` reads them.
 *
 * Nothing is emitted before the first output. An answer that fails until then errors, so that a response can have the status of the
 * failure. A later failure is an event with an `error`, and no `[DONE]` follows it.
 *
 * ```text
 * source:     -r-h-l-#       r = role, h, l = text
 * toEvents(): ---(rh)-l-(e|) e = 'data: {"error":…}\n\n'
 * ```
 *
 * A restart after output, as `retryChat({ restart: true })` marks it, is a failure here: the protocol has no event for it, and other
 * clients would append the text twice. The reader may retry instead.
 *
 * @param options - Slim events, the visibility of errors, and the policy for a chunk that cannot be decoded.
 * @returns An operator that emits the text of one event at a time, the last one `data: [DONE]`.
 *
 * @example Events for a framework that sends text
 * ```ts
 * import { chatCompletion$ } from 'rxjs-chat-completions';
 * import { toEvents } from 'rxjs-chat-completions/relay';
 *
 * chatCompletion$({}, { model: 'llama3.2', messages: [{ role: 'user', content: 'Hi' }] })
 *   .pipe(toEvents())
 *   .subscribe((event) => console.log(event));
 * ```
 */
export function toEvents({
  slim = true,
  exposeErrors = false,
  onChunkError = 'fail',
}: EventsOptions = {}): OperatorFunction<Decoded<ChatCompletionChunk>, string> {
  return (decoded$) =>
    defer(() => {
      const shape = slim ? createSlimmer() : identity;
      let hasEvents = false;
      return decoded$.pipe(
        holdUntilOutput(),
        unwrap(onChunkError),
        filter((chunk) => !isMark(chunk, hasEvents)),
        map((chunk) => `data: ${JSON.stringify(shape(chunk))}\n\n`),
        tap(() => {
          hasEvents = true;
        }),
        endWith('data: [DONE]\n\n'),
        catchError((error: unknown) =>
          hasEvents ? of(failureEvent(error, exposeErrors)) : throwError(() => error),
        ),
      );
    });
}

/**
 * Whether a chunk is a mark, which the protocol cannot carry. The reader of `[DONE]` without a finish reason sets its own.
 *
 * @throws ServerError at a restart after output.
 */
function isMark(chunk: ChatCompletionChunk, hasEvents: boolean): boolean {
  if (isRestart(chunk) && hasEvents) throw restarted();
  return markOf(chunk) !== undefined;
}

const restarted = (): ServerError =>
  new ServerError(
    {
      serverMessage: 'the answer was restarted after output: send the request again',
      code: 503,
      type: null,
      param: null,
    },
    true,
  );
