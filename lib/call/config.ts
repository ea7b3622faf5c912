import type { ObservableInput, SchedulerLike } from 'rxjs';

import type { Profile } from '../servers/Profile';
import type { Fetch } from '../transport/callFetch';
import type { Limits } from '../transport/limits';
import type { ReadGate } from '../transport/ReadGate';
import type { Transport } from '../transport/transport';
import type { CallInfo, ChatHooks } from './ChatHooks';
import type { RefusedFieldPolicy } from './RefusedFieldPolicy';

/**
 * The address of a server and the settings of its calls. Every field is optional.
 *
 * Beside `headers`, only `content-type`, `accept`, and `authorization` if there is a key are sent: one more header breaks a
 * browser's call to a local Ollama, whose CORS allow-list is fixed.
 *
 * @example Ollama on this machine, and a server that needs a key
 * ```ts
 * import type { ChatConfig } from 'rxjs-chat-completions';
 *
 * const local: ChatConfig = {};
 * const hosted: ChatConfig = {
 *   baseURL: 'https://llm.example.com/v1',
 *   apiKey: async () => {
 *     const response = await fetch('/token', { method: 'POST' }); // of your own server, and short-lived
 *     if (!response.ok) throw new Error(`no token: ${response.status}`);
 *     return response.text();
 *   },
 * };
 * ```
 */
export interface ChatConfig {
  /** Address that `/chat/completions` is appended to. Default `http://localhost:11434/v1`, Ollama's. */
  readonly baseURL?: string | undefined;
  /**
   * Sent as `authorization: Bearer …`, or in the header that the profile names. A function is called for every attempt; its first
   * value is used. Without it, as from an environment variable that is not set, no key is sent.
   */
  readonly apiKey?: string | (() => string | ObservableInput<string>) | undefined;
  /** More headers, such as OpenRouter's `x-title`. They override those of the library. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Sends the requests. Default `fetchTransport()`. */
  readonly transport?: Transport;
  /** The `fetch` of the default transport. Default: the global one at the time of the subscription. */
  readonly fetch?: Fetch;
  /** Pauses reading for a slow consumer; see {@link concatMapGated} and {@link toAsyncIterable}. */
  readonly gate?: ReadGate;
  /** Time limits of a call. */
  readonly timeouts?: ChatTimeouts;
  /** Size limits of a response. */
  readonly limits?: Limits;
  /** Facts about the server that decide what is sent to it, such as fields that it rejects. */
  readonly profile?: Profile;
  /**
   * Callbacks for logs and metrics. The library itself never writes to the console.
   *
   * A function is called at each subscription of a call and returns the hooks of that call alone, so that concurrent calls can be
   * distinguished; `undefined` for none. If it throws, the call errors with that value.
   */
  readonly hooks?: ChatHooks | ((call: CallInfo) => ChatHooks | undefined);
  /**
   * Removes a field that the server has just refused by name, and sends the request again; `removeRefusedFields` is a
   * policy. Each removal is reported to `ChatHooks.onRemovedField`. Default: the call fails.
   */
  readonly refusedFields?: RefusedFieldPolicy;
  /**
   * Aborting it ends the call with {@link AbortedError}. Unsubscribing needs no signal.
   *
   * If it is aborted during a wait of {@link retryChat}, the next attempt errors at once. To end the wait as well, unsubscribe.
   */
  readonly signal?: AbortSignal;
}

/**
 * Time limits of a call, in milliseconds; `Infinity` for no limit.
 *
 * What has arrived while the thread was blocked is delivered before a limit counts as reached.
 *
 * Node's own `fetch` times out after 300 s without a head, or without a read, regardless of these. To wait longer, use
 * `nodeTransport()`, or pass a `fetch` with another dispatcher.
 */
export interface ChatTimeouts {
  /**
   * Until the key is read, and from then until the response's head. Default 300,000: a cold Ollama loads its model for minutes
   * and sends no head meanwhile, and an abort cancels the loading. An answer that is not streamed is generated in this time.
   */
  readonly head?: number;
  /** From the request to the first event of a stream. Default 300,000, for the same reason. */
  readonly first?: number;
  /** Between one activity and the next, after the first event. Default 120,000. */
  readonly idle?: number;
  /** From the subscription to the end. Default `Infinity`. */
  readonly total?: number;
  /**
   * From the last payload of a finished answer to its completion, if the server neither sends `[DONE]` nor closes the
   * connection. Default 5,000. While requested usage is missing, `idle` applies instead, at most 120,000.
   */
  readonly grace?: number;
  /**
   * The activity that `idle` measures: any bytes, including the comments that servers send to keep a connection alive; events; or
   * only events with output. Default `'bytes'`, so a model that thinks while its server sends comments is not idle.
   */
  readonly activity?: 'bytes' | 'events' | 'content';
  /** Times the waits. Default RxJS's `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}
