import type { Signal } from '@angular/core';
import type { Either } from 'fp-ts/Either';
import type { MonoTypeOperatorFunction, SchedulerLike } from 'rxjs';

import type { ChatConfig } from '../call/config';
import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import type { ConversationState, Turn } from '../conversation/ConversationState';
import type { ConversationStorage } from '../conversation/ConversationStorage';
import type { Decoded } from '../decode/decode';
import type { SchemaMismatch } from '../errors';
import type { ChunkErrorPolicy } from '../operators/either/unwrap';
import type { PlannedRetry, RestartOptions, RetryOptions } from '../operators/resilience/retryChat';
import type { ChatMetrics } from '../operators/tapMetrics';
import type { ChatRequest } from '../request/ChatRequest';
import type { Message } from '../request/Message';
import type { ValueOrStream } from '../rx/valuesOf';
import type { ChatState, ChatStatus } from '../state/ChatState';
import type { RunCall } from '../tools/RunState';
import type { RunToolsOptions } from '../tools/RunToolsOptions';
import type { AnyTool } from '../tools/tool';
import type { ConversationEntry } from './ConversationEntry';

/** Fields of a request beside its messages: the model, tools, a temperature. */
export type ConversationRequest = Omit<ChatRequest, 'messages'>;

/** Status of a conversation: `idle` before its first answer, then the status of its last answer. */
export type ConversationStatus = 'idle' | ChatStatus;

/**
 * Options for {@link injectConversation}.
 *
 * Those of `runTools$`, such as `maxSteps` and `onToolError`, apply if there are `tools`.
 */
export interface ConversationOptions extends Omit<RunToolsOptions, 'approve' | 'partialInputs'> {
  /**
   * Fields of each request beside the messages. A function, or a signal, is read for each answer.
   *
   * A function receives the messages of the conversation. If it returns `messages`, they are sent instead: with a system prompt, or
   * those that `trimMessages` keeps.
   */
  readonly request:
    | ConversationRequest
    | ((messages: readonly Message[]) => ConversationRequest & Partial<Pick<ChatRequest, 'messages'>>);
  /** Messages to start with, a system message included. Default: none. */
  readonly messages?: readonly Message[];
  /** Config to use instead of the app's. A function, or a signal, is read for each answer. */
  readonly config?: ChatConfig | (() => ChatConfig);
  /** Retries of a failed request; `null` for none. Default: those of the app's `withRetry()`, else none. */
  readonly retry?: RetryOptions | RestartOptions | null;
  /** Policy for a chunk that cannot be decoded. Default `'fail'`, which keeps the text so far. */
  readonly onChunkError?: ChunkErrorPolicy;
  /** Operator between the retries and the fold, to observe or change chunks. Default: none. */
  readonly chunks?: MonoTypeOperatorFunction<Decoded<ChatCompletionChunk>>;
  /**
   * Tools that the model may call. They run until it answers; `needsApproval` makes a call wait in `approvals`. A function, or a
   * signal, is read for each request, as by `runTools$`. Default: calls are not run, and you send their results as messages.
   */
  readonly tools?: readonly AnyTool[] | ((step: number) => ValueOrStream<readonly AnyTool[]>);
  /**
   * Storage that the conversation is loaded from at the start and that its changes are saved to, such as
   * `localStorageOf('chat')`. An answer that was in flight when the page was closed is loaded as stopped, with its text. Not read
   * during server-side rendering. Default: none.
   */
  readonly storage?: ConversationStorage;
  /**
   * Receives the error of a load or a write: the storage is full, or a `StorageConflict` with another tab. The conversation
   * continues without it. Default: the app's `ErrorHandler`.
   */
  readonly onStorageError?: (error: unknown) => void;
  /** Schedules the countdown of a retry, and the writes to the storage. Default RxJS's `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/** A conversation as signals, and the actions of its user. */
export interface Conversation {
  /** Every message, the current answer last. Entries that do not change stay the same objects. */
  readonly messages: Signal<readonly ConversationEntry[]>;
  /** The turns that `messages` renders, as the `/conversation` entry point has them. */
  readonly branch: Signal<readonly Turn[]>;
  /** Calls that wait for approval. */
  readonly approvals: Signal<readonly RunCall[]>;
  /** Status of the last answer; also `waiting` during the wait for a retry. */
  readonly status: Signal<ConversationStatus>;
  /** Whether an answer is awaited or streaming, on another branch too. */
  readonly busy: Signal<boolean>;
  /** Text of the last answer so far. */
  readonly content: Signal<string>;
  /** Reasoning of the last answer so far. */
  readonly reasoning: Signal<string>;
  /** Error of the last answer, if it failed. */
  readonly error: Signal<ChatState['error']>;
  /** The retry that is waiting, if any. */
  readonly retry: Signal<PlannedRetry | null>;
  /** Milliseconds until that retry, updated four times a second. */
  readonly retryIn: Signal<number | null>;
  /** Metrics of the last answer, once it has ended. */
  readonly metrics: Signal<ChatMetrics | null>;
  /**
   * Adds a message and requests an answer. Stops the current answer first.
   *
   * @param message - The user's text, or messages: results of tool calls, images. An empty text changes nothing. Pass the
   * results of all calls of an answer together; the model receives them together or not at all.
   */
  readonly send: (message: string | Message | readonly Message[]) => void;
  /** Stops the answer, or the wait for a retry, and keeps what was received. */
  readonly stop: () => void;
  /**
   * Requests another answer beside one, which stays a sibling. Does not wait for a retry.
   *
   * @param id - The `id` of an answer in `messages`, or of the message it answers. Default: the last entry.
   */
  readonly regenerate: (id?: number) => void;
  /**
   * Adds an alternative to a message of the user and requests an answer. The message stays a sibling, with everything after it.
   *
   * @param id - The `id` of an entry in `messages`. An unknown one, or that of an answer, changes nothing.
   */
  readonly edit: (id: number, message: string | Message | readonly Message[]) => void;
  /**
   * Ids of an entry and of its alternatives, the oldest first: for "2 of 3" and its arrows. Reads a signal.
   *
   * @param id - The `id` of an entry in `messages`.
   */
  readonly siblings: (id: number) => readonly number[];
  /** Continues at another entry, and at the newest one below it. */
  readonly select: (id: number) => void;
  /** Allows a call in `approvals`, by its id. */
  readonly approve: (id: string) => void;
  /** Denies a call in `approvals`. The model receives the reason. */
  readonly deny: (id: string, reason?: string) => void;
  /** Returns the conversation with all its branches, for `JSON.stringify`. */
  readonly save: () => ConversationState;
  /**
   * Stops, and continues a saved conversation.
   *
   * @param json - The parsed JSON of {@link Conversation.save}.
   * @returns The conversation, else a `SchemaMismatch`; nothing changes then.
   */
  readonly restore: (json: unknown) => Either<SchemaMismatch, ConversationState>;
  /**
   * Stops, saves, and continues the conversation of another storage: for a list of conversations.
   *
   * @param storage - A storage of another conversation; `null` for a conversation that is not saved.
   */
  readonly open: (storage: ConversationStorage | null) => void;
  /** Stops, and starts over with these messages. Default: those of the options. */
  readonly reset: (messages?: readonly Message[]) => void;
}
