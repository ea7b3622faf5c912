import type { ObservableInput, SchedulerLike } from 'rxjs';

import type { Limits } from '../transport/limits';
import type { ReadGate } from '../transport/ReadGate';
import type { ResponseHead, Transport } from '../transport/transport';
import type { ChatError } from '../errors';
import type { Profile } from '../servers/Profile';

/**
 * Where a server is and how to talk to it: plain data and functions, all optional.
 *
 * Only `content-type`, `accept`, and `authorization` when there is a key are sent beside `headers`: one more header
 * breaks a browser's call to a local Ollama, whose CORS allow-list is fixed.
 *
 * @example Ollama on this machine, and a server that wants a key
 * ```ts
 * import type { ChatConfig } from 'rxjs-chat-completions';
 *
 * const local: ChatConfig = {};
 * const hosted: ChatConfig = {
 *   baseURL: 'https://llm.example.com/v1',
 *   apiKey: async () => {
 *     const answer = await fetch('/token', { method: 'POST' }); // of your own server, and short-lived
 *     if (!answer.ok) throw new Error(`no token: ${answer.status}`);
 *     return answer.text();
 *   },
 * };
 * ```
 */
export interface ChatConfig {
  /** The address that `/chat/completions` is appended to. Default `http://localhost:11434/v1`, Ollama's. */
  readonly baseURL?: string;
  /** Sent as `authorization: Bearer …`. A function is asked again on every attempt; its first value counts. */
  readonly apiKey?: string | (() => string | ObservableInput<string>);
  /** More headers, such as Azure's `api-key`. They win over the library's own. */
  readonly headers?: Readonly<Record<string, string>>;
  /** How requests are sent. Default `fetchTransport()`. */
  readonly transport?: Transport;
  /** A `fetch` for the default transport. Default: the global one at the time of the subscription. */
  readonly fetch?: typeof globalThis.fetch;
  /** Lets a slow consumer hold back the next read; see {@link concatMapGated} and {@link toAsyncIterable}. */
  readonly gate?: ReadGate;
  /** How long an answer may take. */
  readonly timeouts?: ChatTimeouts;
  /** How much of an answer is held at a time. */
  readonly limits?: Limits;
  /** What the server is known to ignore or reject. */
  readonly profile?: Profile;
  /** Hooks that look on. The library itself never writes to the console. */
  readonly hooks?: ChatHooks;
  /**
   * Aborting it ends the call with {@link AbortedError}. Unsubscribing needs none.
   *
   * Between two attempts of {@link retryChat} there is no call to end: unsubscribe there. Otherwise it is the next
   * attempt that ends, at once.
   */
  readonly signal?: AbortSignal;
}

/**
 * How long a call may take; in milliseconds, `Infinity` for as long as it likes.
 *
 * Node's own `fetch` gives up after 300 s without a head, or without a read, whatever stands here: to wait longer, give
 * the config a `fetch` with another dispatcher.
 */
export interface ChatTimeouts {
  /**
   * Until the key is there, and from then until the response's head. Default 300,000: a cold Ollama loads its model
   * for minutes and sends no head meanwhile, and letting go cancels the loading. An answer that is not streamed is
   * written in this time.
   */
  readonly head?: number;
  /** From the request to the first event of a stream. Default 300,000, for the same reason. */
  readonly first?: number;
  /** Between one sign of life and the next, after the first event. Default 120,000. */
  readonly idle?: number;
  /** From the subscription to the end. Default `Infinity`. */
  readonly total?: number;
  /**
   * What counts as a sign of life: any bytes, among them the comments that some servers send to keep a connection alive;
   * events; or only events that bring text, reasoning or a piece of a tool call. Default `'bytes'`: a model that
   * thinks in silence behind a server that says so is not taken for dead.
   */
  readonly activity?: 'bytes' | 'events' | 'content';
  /** Times the waits. Default RxJS's `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/** What holds where a {@link ChatTimeouts} says nothing. */
export const defaultTimeouts = {
  head: 300_000,
  first: 300_000,
  idle: 120_000,
  total: Infinity,
  activity: 'bytes',
} as const;

/**
 * Hooks that look on while calls run, for logs and metrics.
 *
 * They see no key, no header of the request and no body. What a hook throws ends the call as an error, as in
 * any RxJS callback; but for `onAbort`.
 */
export interface ChatHooks {
  /** A request is about to be sent; `url` without its query. */
  readonly onRequest?: (request: { readonly method: string; readonly url: string }) => void;
  /** The response's head has come. */
  readonly onHead?: (head: ResponseHead) => void;
  /** A field is sent that this server ignores, by its profile. */
  readonly onIgnored?: (field: string, profile: Profile) => void;
  /** The call ended in an error. */
  readonly onError?: (error: ChatError) => void;
  /** The call completed. */
  readonly onComplete?: () => void;
  /** The call was let go of before it ended. Must not throw: there is nobody left to be told of it. */
  readonly onAbort?: () => void;
}
