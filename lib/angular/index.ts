/**
 * Calls and conversations from an Angular app's injector.
 *
 * @module rxjs-chat-completions/angular
 */

export { CHAT_COMPLETIONS, CHAT_COMPLETIONS_CONFIG } from './tokens';
export type { ChatClient } from './ChatClient';
export { provideChatCompletions, type ChatFeature } from './provideChatCompletions';
export { injectChatCompletions } from './injectChatCompletions';
export { withFetch } from './withFetch';
export { withHttpClient } from './withHttpClient';
export { withRetry } from './withRetry';
export { outsideAngular } from './outsideAngular';
export { httpClientTransport, type HttpClientTransportOptions } from './httpClientTransport';
export { historyOf } from './historyOf';
export type { ConversationAnswer, ConversationEntry, ConversationMessage } from './ConversationEntry';
export { injectConversation } from './injectConversation';
export type {
  Conversation,
  ConversationOptions,
  ConversationRequest,
  ConversationStatus,
} from './Conversation';
