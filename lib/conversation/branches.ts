import type { ConversationState, Turn, TurnId } from './ConversationState';
import { turnAt } from './turns';

/**
 * Returns the turns from the first one to a turn: what a screen renders.
 *
 * @param head - The last turn of the branch; the current one by default. The branch of an unknown id is empty.
 *
 * @example
 * ```ts
 * import { branchOf, conversationOf } from 'rxjs-chat-completions/conversation';
 *
 * const state = conversationOf([
 *   { role: 'user', content: 'Hi' },
 *   { role: 'assistant', content: 'Hello' },
 * ]);
 * console.assert(branchOf(state).length === 2);
 * console.assert(branchOf(state, '1').length === 1);
 * ```
 */
export function branchOf(state: ConversationState, head: TurnId | null = state.head): readonly Turn[] {
  const turns: Turn[] = [];
  // A parent is older than its child, so this ends.
  for (let turn = turnAt(state, head); turn !== undefined; turn = turnAt(state, turn.parent))
    turns.push(turn);
  return turns.reverse();
}

/**
 * Returns the ids of a turn and of its alternatives, the oldest first: for "2 of 3" and its arrows.
 *
 * Alternatives of a message are its edits; those of an answer are the answers to the same message.
 *
 * @param id - A turn. The list of an unknown id is empty.
 *
 * @example
 * ```ts
 * import { conversationOf, reduceConversation, siblingsOf } from 'rxjs-chat-completions/conversation';
 *
 * const first = conversationOf([
 *   { role: 'user', content: 'Hi' },
 *   { role: 'assistant', content: 'Hello' },
 * ]);
 * const again = reduceConversation(first, { type: 'regenerate' });
 * console.assert(siblingsOf(again, '2').join() === '2,3');
 * ```
 */
export function siblingsOf(state: ConversationState, id: TurnId): readonly TurnId[] {
  const turn = turnAt(state, id);
  return turn === undefined ? [] : childrenOf(state, turn.parent, turn.kind);
}

/** Returns the newest leaf below a turn; the turn itself if nothing follows it. */
export function leafBelow({ turns }: ConversationState, id: TurnId): TurnId {
  const newest = new Map<TurnId | null, TurnId>();
  for (const turn of Object.values(turns)) newest.set(turn.parent, turn.id);
  let leaf = id;
  for (let next = newest.get(leaf); next !== undefined; next = newest.get(leaf)) leaf = next;
  return leaf;
}

/** Ids of the turns of one kind below a turn, the oldest first: numeric keys are in ascending order. */
const childrenOf = (
  { turns }: ConversationState,
  parent: TurnId | null,
  kind: Turn['kind'],
): readonly TurnId[] =>
  Object.values(turns)
    .filter((turn) => turn.parent === parent && turn.kind === kind)
    .map(({ id }) => id);
