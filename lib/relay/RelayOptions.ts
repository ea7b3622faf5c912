import type { ObservableInput, SchedulerLike } from 'rxjs';

import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import type { Decoded } from '../decode/decode';
import type { ChatRequest } from '../request/ChatRequest';
import type { ValueOrStream } from '../rx/valuesOf';
import type { ReadGate } from '../transport/ReadGate';
import type { Resume } from './Resume';
import type { EventsOptions } from './toEvents';

/** A user of a relay: an id, or an object with one. `streamsPerUser` counts by it. */
export type RelayUser = string | { readonly id: string };

/** An accepted request, as `answer` receives it. */
export interface RelayCall<User extends RelayUser = RelayUser> {
  /** The request, with allowed fields only. Fields that are not standard are in `extra`. */
  readonly request: ChatRequest;
  /** The value of `authorize`. */
  readonly user: User;
  /**
   * The gate for the config of the call. It pauses the model while the reader does not read.
   *
   * Without it, the answer is buffered in memory for a slow reader, up to 16 Mi characters.
   */
  readonly gate: ReadGate;
  /** The HTTP request. Its body has been read. */
  readonly http: Request;
}

/** The models and fields that a relay passes on. */
export interface RelayAllow {
  /** The models. A request for another one is refused with 403. */
  readonly models: readonly string[];
  /** The fields of a request; others are left out. Default {@link standardFields}. */
  readonly fields?: readonly string[];
}

/** Limits of a relay. */
export interface RelayLimits {
  /** The largest body of a request, in bytes; a larger one is refused with 413. Default 256,000. */
  readonly body?: number;
  /** The most answers of one user at a time; one more is refused with 429. Default 4. */
  readonly streamsPerUser?: number;
  /** Milliseconds that a request may take to be authorized and received; then 408. Default 30,000. */
  readonly request?: number;
  /** Milliseconds that an answer may take. Default 600,000. */
  readonly total?: number;
}

/** Options for {@link relay}. */
export interface RelayOptions<User extends RelayUser = RelayUser> extends EventsOptions {
  /**
   * Returns the user of a request, or a Response that refuses it. Its first value counts.
   *
   * `undefined`, `null`, `''` and no value refuse with 401. An exception or a rejection refuses with 500, without its message. It must
   * not read the body. TypeScript infers the type of `user` from it if it precedes `answer`.
   */
  readonly authorize: (http: Request) => ValueOrStream<Authorized<User>>;
  /**
   * Returns the answer to a request. Subscribed to once for each request, and unsubscribed from in the same tick when the reader
   * leaves. A {@link RelayError} refuses the request.
   */
  readonly answer: (call: RelayCall<User>) => ObservableInput<Decoded<ChatCompletionChunk>>;
  /** The models and fields that are passed on. */
  readonly allow: RelayAllow;
  /** Limits of size, number and time. */
  readonly limits?: RelayLimits;
  /**
   * Milliseconds without output after which a comment is sent, so that proxies keep the connection. It also limits the wait for the
   * first output before the response head is sent. Default 15,000; `Infinity` for none.
   */
  readonly heartbeat?: number;
  /**
   * Milliseconds for which events are collected to one write. The first event after a pause is sent at once. Default 0: each event is
   * a write.
   */
  readonly coalesce?: number;
  /** Keeps answers in a log, so that readers can join them again. Default: an answer ends with its reader. */
  readonly resume?: Resume;
  /**
   * Called with each failure of `answer` and `authorize`, for logs: the reader sees neither their messages nor their stack. Not called
   * when a request is refused. It may be async. What it throws is ignored, and so is a rejection.
   */
  readonly onError?: (error: unknown, http: Request) => unknown;
  /** Times the heartbeat and the limits. Default RxJS's `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/** The user of a request, a response that refuses it, or none. */
type Authorized<User> = User | Response | null | undefined;

/** Returns the id of a user. */
export const userId = (user: RelayUser): string => (typeof user === 'string' ? user : user.id);
