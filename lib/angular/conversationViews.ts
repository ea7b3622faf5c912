import { computed, type Signal } from '@angular/core';

import { approvalsOf } from '../conversation/approvalsOf';
import { branchOf, siblingsOf } from '../conversation/branches';
import type { ConversationState, Turn, TurnId } from '../conversation/ConversationState';
import { isAnswering } from '../conversation/turns';
import type { ChatState } from '../state/ChatState';
import type { Conversation } from './Conversation';
import type { ConversationAnswer, ConversationEntry } from './ConversationEntry';
import { entryOf } from './entryOf';
import type { PendingRetry } from './retryCountdown';

/** The parts of a conversation that a template reads. */
export type ConversationViews = Pick<
  Conversation,
  | 'messages'
  | 'branch'
  | 'approvals'
  | 'status'
  | 'busy'
  | 'content'
  | 'reasoning'
  | 'error'
  | 'retry'
  | 'retryIn'
  | 'metrics'
  | 'siblings'
>;

/**
 * Returns the views of a conversation.
 *
 * @param answers - State of the last request of each answer: its refusal, finish reason, and other fields that a run does not have.
 */
export function conversationViews(
  state: Signal<ConversationState>,
  pendingRetry: Signal<PendingRetry | null>,
  answers: ReadonlyMap<TurnId, ChatState>,
): ConversationViews {
  const entries = new WeakMap<Turn, ConversationEntry>();
  const toEntry = (turn: Turn): ConversationEntry => {
    const entry = entries.get(turn) ?? entryOf(turn, answers.get(turn.id));
    entries.set(turn, entry);
    return entry;
  };

  const branch = computed(() => branchOf(state()), { equal: hasSameItems });
  const messages = computed(() => branch().map(toEntry));
  const last = computed(() => messages().filter(isAnswer).at(-1));
  return {
    messages,
    branch,
    approvals: computed(() => approvalsOf(state()), { equal: hasSameItems }),
    status: computed(() => last()?.status ?? 'idle'),
    busy: computed(() => Object.values(state().turns).some(isAnswering)),
    content: computed(() => last()?.content ?? ''),
    reasoning: computed(() => last()?.reasoning ?? ''),
    error: computed(() => last()?.error ?? null),
    retry: computed(() => pendingRetry()?.planned ?? null),
    retryIn: computed(() => pendingRetry()?.remainingMs ?? null),
    metrics: computed(() => last()?.metrics ?? null),
    siblings: (id) => siblingsOf(state(), String(id)).map(Number),
  };
}

const isAnswer = (entry: ConversationEntry): entry is ConversationAnswer => entry.role === 'assistant';

/** Whether two lists have the same objects: their readers need no update then. */
const hasSameItems = <T>(a: readonly T[], b: readonly T[]): boolean =>
  a.length === b.length && a.every((item, index) => item === b[index]);
