import { catchError, defer, of, throwError, type OperatorFunction } from 'rxjs';

import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import type { Decoded } from '../decode/decode';
import type { ChunkErrorPolicy } from '../operators/either/unwrap';
import { concatItems } from '../rx/concatItems';
import { EventWriter, type WriterOptions } from './EventWriter';
import { failureEvent } from './failure';

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
export const toEvents = (options?: EventsOptions): OperatorFunction<Decoded<ChatCompletionChunk>, string> =>
  writeEvents({ ...options, hasUsage: true });

/** Options for {@link writeEvents}. */
interface WriteOptions extends EventsOptions, Pick<WriterOptions, 'hasUsage'> {
  /** Called with an error, before its event. */
  readonly onError?: (error: unknown) => void;
}

/** The operator of {@link toEvents}, with what a relay adds to it. */
export const writeEvents =
  ({
    slim = true,
    exposeErrors = false,
    onChunkError = 'fail',
    hasUsage,
    onError,
  }: WriteOptions): OperatorFunction<Decoded<ChatCompletionChunk>, string> =>
  (decoded$) =>
    defer(() => {
      const writer = new EventWriter({ slim, onChunkError, hasUsage });
      return decoded$.pipe(
        concatItems<Decoded<ChatCompletionChunk>, string>(
          (decoded) => writer.add(decoded),
          () => writer.end(),
        ),
        catchError((error: unknown) => {
          onError?.(error);
          return writer.hasEvents ? of(failureEvent(error, exposeErrors)) : throwError(() => error);
        }),
      );
    });
