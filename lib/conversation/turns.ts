import type { RunState } from '../tools/RunState';
import type { AssistantTurn, ConversationState, Turn, TurnId } from './ConversationState';

/** Returns a turn; `undefined` for an unknown id, `__proto__` and `constructor` included. */
export const turnAt = ({ turns }: ConversationState, id: TurnId | null | undefined): Turn | undefined =>
  id !== null && id !== undefined && Object.hasOwn(turns, id) ? turns[id] : undefined;

/** Whether a run has not ended. */
const isInFlight = ({ status }: RunState): boolean => status === 'waiting' || status === 'streaming';

/** Whether a turn is an answer that has not ended. */
export const isAnswering = (turn: Turn | undefined): turn is AssistantTurn =>
  turn?.kind === 'assistant' && isInFlight(turn.run);

/** Returns the state with one turn replaced. */
export const withTurn = (state: ConversationState, turn: Turn): ConversationState => ({
  ...state,
  turns: { ...state.turns, [turn.id]: turn },
});
