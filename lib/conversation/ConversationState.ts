import type { ChatMetrics } from '../operators/tapMetrics';
import type { Message } from '../request/Message';
import type { RunState } from '../tools/RunState';

/** Id of a turn in its conversation. Counted, so that replays and marbles are exact: `'1'`, `'2'`, … */
export type TurnId = string;

/** A message of the user, or instructions for the model. */
export interface UserTurn {
  readonly kind: 'user';
  readonly id: TurnId;
  /** The turn before it; `null` for the first one. */
  readonly parent: TurnId | null;
  /** The message as requests send it. Its role may also be that of instructions, or of the result of a call. */
  readonly message: Message;
}

/** An answer of the model: a complete run, tool calls and their results included. */
export interface AssistantTurn {
  readonly kind: 'assistant';
  readonly id: TurnId;
  /** The turn it answers. */
  readonly parent: TurnId | null;
  /** The run as a screen renders it. Its `messages` are only its own, exactly as requests send them. */
  readonly run: RunState;
  /** Metrics of its last request, once that has ended. */
  readonly metrics: ChatMetrics | null;
}

/** A turn of a conversation, discriminated by its `kind`. */
export type Turn = UserTurn | AssistantTurn;

/**
 * A conversation: a tree of turns as plain data, never mutated, JSON at every moment.
 *
 * An edited message and an answer that was requested again are siblings of the earlier one, so nothing is lost.
 */
export interface ConversationState {
  /** Version of this shape, for stored conversations. */
  readonly v: 1;
  /** The turns by their id, all branches included. */
  readonly turns: Readonly<Record<TurnId, Turn>>;
  /** The turn at which the conversation continues; `null` if it is empty. */
  readonly head: TurnId | null;
  /** Number of the next turn. Never counts back, so an id is used once. */
  readonly next: number;
}

/**
 * A conversation without turns.
 *
 * @example
 * ```ts
 * import { branchOf, emptyConversation } from 'rxjs-chat-completions/conversation';
 *
 * console.assert(branchOf(emptyConversation).length === 0);
 * ```
 */
export const emptyConversation: ConversationState = { v: 1, turns: {}, head: null, next: 1 };
