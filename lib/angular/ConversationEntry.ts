import type { ChatMetrics } from '../operators/tapMetrics';
import type { Message } from '../request/Message';
import type { ChatState } from '../state/ChatState';
import type { RunState } from '../tools/RunState';

/** A message of the user, a tool or the system. */
export interface ConversationMessage {
  /** Identifies an entry in its conversation; a template tracks by it. The number in the id of its turn. */
  readonly id: number;
  readonly role: 'user' | 'tool' | 'system';
  /** Text of the message, joined from its parts. */
  readonly content: string;
  /** The message as the request sends it. */
  readonly message: Message;
}

/**
 * An answer of the model and its state, complete or not. If it ran tools, the text, the reasoning, the calls and the usage are
 * those of all its requests, and the other fields those of the last one.
 */
export interface ConversationAnswer extends ChatState {
  /** Identifies an entry in its conversation; a template tracks by it. The number in the id of its turn. */
  readonly id: number;
  readonly role: 'assistant';
  /** Metrics of the last request of the answer, once that has ended. */
  readonly metrics: ChatMetrics | null;
  /** The steps of the run, with the state and the result of each call. */
  readonly steps: RunState['steps'];
  /** The messages of the answer as the next request sends them: in the fields they were received in. */
  readonly messages: readonly Message[];
}

/** An entry of a conversation, as a screen renders it. */
export type ConversationEntry = ConversationMessage | ConversationAnswer;
