import type { Signal } from '@angular/core';
import type { MonoTypeOperatorFunction, SchedulerLike } from 'rxjs';

import type { ChatConfig } from '../call/config';
import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import type { Decoded } from '../decode/decode';
import type { FoldOptions } from '../operators/accumulate/FoldOptions';
import type { PlannedRetry, RestartOptions, RetryOptions } from '../operators/resilience/retryChat';
import type { ChatMetrics } from '../operators/tapMetrics';
import type { ChatRequest } from '../request/ChatRequest';
import type { Message } from '../request/Message';
import type { ChatState, ChatStatus } from '../state/ChatState';
import type { ConversationEntry } from './history';

/** Fields of a request beside its messages: the model, tools, a temperature. */
export type ConversationRequest = Omit<ChatRequest, 'messages'>;

/** Status of a conversation: `idle` before its first answer, then the status of its last answer. */
export type ConversationStatus = 'idle' | ChatStatus;

/** Options for {@link injectConversation}. */
export interface ConversationOptions {
  /** Fields of each request beside the messages. A function, or a signal, is read for each answer. */
  readonly request: ConversationRequest | (() => ConversationRequest);
  /** Messages to start with, a system message included. Default: none. */
  readonly messages?: readonly Message[];
  /** Config to use instead of the app's. A function, or a signal, is read for each answer. */
  readonly config?: ChatConfig | (() => ChatConfig);
  /** Retries to use instead of the app's `withRetry()`; `null` for none. */
  readonly retry?: RetryOptions | RestartOptions | null;
  /** Policy for a chunk that cannot be decoded. Default `'fail'`, which keeps the text so far. */
  readonly onChunkError?: FoldOptions['onChunkError'];
  /** Operator between the retries and the fold, to observe or change chunks. Default: none. */
  readonly chunks?: MonoTypeOperatorFunction<Decoded<ChatCompletionChunk>>;
  /** Schedules the countdown of a retry. Default RxJS's `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/** A conversation as signals, and the actions of its user. */
export interface Conversation {
  /** Every message, the current answer last. Entries that do not change stay the same objects. */
  readonly messages: Signal<readonly ConversationEntry[]>;
  /** Status of the last answer; also `waiting` during the wait for a retry. */
  readonly status: Signal<ConversationStatus>;
  /** Whether an answer is awaited or streaming. */
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
   * @param message - The user's text, or messages: results of tool calls, images. Pass the results of all calls of an answer
   * together; the model receives them together or not at all.
   */
  readonly send: (message: string | Message | readonly Message[]) => void;
  /** Stops the answer, or the wait for a retry, and keeps what was received. */
  readonly stop: () => void;
  /** Drops the last answer and requests it again. Does not wait for a retry. */
  readonly regenerate: () => void;
  /**
   * Replaces a message of the user and requests an answer. Drops everything after it.
   *
   * @param id - The `id` of an entry in `messages`. An unknown one, or that of an answer, changes nothing.
   */
  readonly edit: (id: number, message: string | Message | readonly Message[]) => void;
  /** Stops, and starts over with these messages. Default: those of the options. */
  readonly reset: (messages?: readonly Message[]) => void;
}
