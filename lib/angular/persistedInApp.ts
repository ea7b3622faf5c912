import { DOCUMENT, ErrorHandler, inject } from '@angular/core';
import { asyncScheduler, fromEvent, merge, NEVER, type OperatorFunction } from 'rxjs';

import type { ConversationCommand } from '../conversation/ConversationCommand';
import { emptyConversation, type ConversationState } from '../conversation/ConversationState';
import type { ConversationStorage } from '../conversation/ConversationStorage';
import { persisted } from '../conversation/persisted';
import type { ConversationOptions } from './Conversation';

/** Creates the operator of a conversation: a stored one to continue, `null` for a new one. */
type Start = (stored: ConversationState | null) => OperatorFunction<ConversationCommand, ConversationState>;

/**
 * Returns {@link persisted} with what an app has: its `ErrorHandler`, and the page, which is hidden before it is closed.
 *
 * Without a storage the conversation is a new one, and is not saved.
 */
export function persistedInApp({
  onStorageError,
  scheduler = asyncScheduler,
}: ConversationOptions): (storage: ConversationStorage | null, start: Start) => ReturnType<Start> {
  const handler = inject(ErrorHandler, { optional: true }) ?? new ErrorHandler();
  const page = inject(DOCUMENT, { optional: true });
  const window = page?.defaultView ?? null;
  const options = {
    onError: onStorageError ?? ((error: unknown) => handler.handleError(error)),
    scheduler,
    flush$:
      page === null || window === null
        ? NEVER
        : merge(fromEvent(window, 'pagehide'), fromEvent(page, 'visibilitychange')),
  };
  return (storage, start) =>
    storage === null
      ? start(null)
      : persisted(storage, (stored) => start(stored === emptyConversation ? null : stored), options);
}
