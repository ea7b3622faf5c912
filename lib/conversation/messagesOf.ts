import type { Message } from '../request/Message';
import type { Turn } from './ConversationState';
import { mendMessages } from './mendMessages';

/**
 * Returns the messages of turns, for the next request.
 *
 * They are the messages as they were received, never built from the text on the screen: reasoning in its spelling, signed
 * blocks and fields of the server included. An answer that was stopped or failed keeps its text. Faults are mended, see
 * {@link mendMessages}.
 *
 * @param turns - A branch, as {@link branchOf} returns it.
 *
 * @example
 * ```ts
 * import { branchOf, conversationOf, messagesOf } from 'rxjs-chat-completions/conversation';
 *
 * const state = conversationOf([{ role: 'user', content: 'Hi' }]);
 * console.assert(messagesOf(branchOf(state)).length === 1);
 * ```
 */
export const messagesOf = (turns: readonly Turn[]): readonly Message[] =>
  mendMessages(turns.flatMap((turn) => (turn.kind === 'user' ? turn.message : turn.run.messages)));
