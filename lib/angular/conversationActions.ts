import { untracked, type Signal } from '@angular/core';
import { isRight } from 'fp-ts/Either';

import type { ConversationCommand } from '../conversation/ConversationCommand';
import { conversationFrom } from '../conversation/conversationFrom';
import { conversationOf } from '../conversation/conversationOf';
import type { ConversationState } from '../conversation/ConversationState';
import type { Conversation } from './Conversation';
import type { ConversationViews } from './conversationViews';

/** The parts of a conversation that its user acts with, except that which changes the storage. */
export type ConversationActions = Omit<Conversation, keyof ConversationViews | 'open'>;

/**
 * Returns the actions of a conversation.
 *
 * @param run - Applies a command.
 * @param request - Applies a command that requests an answer, where that may be.
 */
export function conversationActions(
  state: Signal<ConversationState>,
  first: ConversationState,
  run: (command: ConversationCommand) => void,
  request: (command: ConversationCommand) => void,
): ConversationActions {
  return {
    send: (content) => request({ type: 'send', content }),
    stop: () => run({ type: 'stop' }),
    regenerate: (id) => request({ type: 'regenerate', ...(id !== undefined && { id: String(id) }) }),
    edit: (id, content) => request({ type: 'edit', id: String(id), content }),
    select: (id) => run({ type: 'select', id: String(id) }),
    approve: (id) => run({ type: 'approve', id, approved: true }),
    deny: (id, reason) =>
      run({ type: 'approve', id, approved: false, ...(reason !== undefined && { reason }) }),
    reset: (messages) =>
      run({ type: 'reset', to: messages === undefined ? first : conversationOf(messages) }),
    save: () => untracked(state),
    restore: (json) => {
      const restored = conversationFrom(json);
      if (isRight(restored)) run({ type: 'reset', to: restored.right });
      return restored;
    },
  };
}
