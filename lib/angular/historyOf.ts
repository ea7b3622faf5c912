import { mendMessages } from '../conversation/mendMessages';
import type { Message } from '../request/Message';
import type { ConversationEntry } from './ConversationEntry';

/**
 * Returns the messages of a conversation, for a request.
 *
 * They are the messages as they were received. An answer that was stopped or failed keeps its text; one without text is left
 * out. A call without a result gets a reply that reports so: servers reject a call without a reply.
 *
 * @param entries - A conversation, such as `messages()` of {@link injectConversation}.
 *
 * @example Copy a conversation to another program
 * ```ts
 * import { historyOf, type Conversation } from 'rxjs-chat-completions/angular';
 *
 * export const copy = (chat: Conversation): Promise<void> =>
 *   navigator.clipboard.writeText(JSON.stringify(historyOf(chat.messages())));
 * ```
 */
export const historyOf = (entries: readonly ConversationEntry[]): readonly Message[] =>
  mendMessages(entries.flatMap((entry) => (entry.role === 'assistant' ? entry.messages : entry.message)));
