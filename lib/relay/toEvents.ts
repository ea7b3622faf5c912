import { defer, type OperatorFunction } from 'rxjs';

import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import type { Decoded } from '../decode/decode';
import type { ChunkErrorPolicy } from '../operators/either/unwrap';
import { concatItems } from '../rx/concatItems';
import { EventWriter, type WriterOptions } from './EventWriter';

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
 * source:     -r-h----l-#    r = role, h, l = text
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

/** The operator of {@link toEvents}, with the options that a relay adds. */
export const writeEvents =
  ({
    slim = true,
    exposeErrors = false,
    onChunkError = 'fail',
    hasUsage,
    onError,
  }: EventsOptions & Pick<WriterOptions, 'hasUsage' | 'onError'>): OperatorFunction<
    Decoded<ChatCompletionChunk>,
    string
  > =>
  (decoded$) =>
    // No catchError: it would keep the source, and with it the request, for as long as the answer takes.
    defer(() =>
      decoded$.pipe(
        concatItems(one, none, new EventWriter({ slim, exposeErrors, onChunkError, hasUsage, onError })),
      ),
    );

const one = (decoded: Decoded<ChatCompletionChunk>): ReadonlyArray<Decoded<ChatCompletionChunk>> => [decoded];

const none = (): readonly [] => [];
