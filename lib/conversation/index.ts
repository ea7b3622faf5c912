/**
 * Conversations: a tree of turns as plain data, a pure reducer, and an operator from commands to states.
 *
 * @module rxjs-chat-completions/conversation
 */

export {
  emptyConversation,
  type AssistantTurn,
  type ConversationState,
  type Turn,
  type TurnId,
  type UserTurn,
} from './ConversationState';
export type { ConversationCommand, ConversationEvent, MessageContent } from './ConversationCommand';
export { approvalsOf } from './approvalsOf';
export { branchOf, siblingsOf } from './branches';
export { conversationOf } from './conversationOf';
export { messagesOf } from './messagesOf';
export { conversationFrom } from './conversationFrom';
export { mendMessages } from './mendMessages';
export { persisted, type PersistOptions } from './persisted';
export type { ConversationStorage } from './ConversationStorage';
export { localStorageOf } from './localStorageOf';
export { estimateTokens, trimMessages, type TrimOptions } from './trimMessages';
export { reduceConversation } from './reduceConversation';
export type { AnswerFunction } from './AnswerFunction';
export { conversation, type BusyPolicy, type ConversationOperatorOptions } from './conversation';
