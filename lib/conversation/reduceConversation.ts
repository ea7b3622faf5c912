import { isRecord } from '../codec/isRecord';
import { isError } from '../errors';
import type { Message } from '../request/Message';
import { endRun, failRun } from '../tools/endRun';
import { emptyRun, type RunState } from '../tools/RunState';
import { leafBelow } from './branches';
import type { ConversationEvent, MessageContent } from './ConversationCommand';
import { addMessages } from './conversationOf';
import { emptyConversation, type ConversationState, type TurnId } from './ConversationState';
import { jsonSafe, requestError } from './jsonSafe';
import { isMessage } from './mendMessages';
import { isAnswering, turnAt, withTurn } from './turns';

/**
 * Returns the conversation after an event. Pure and total: any event, at any moment, in any order.
 *
 * An event that does not apply returns the same state. Turns that do not change stay the same objects. A command that
 * requests an answer adds its turn, with a run that is `waiting`; {@link conversation} sends the request.
 *
 * @param state - A conversation; {@link emptyConversation} to begin with.
 * @param event - A command, or news of the answer.
 *
 * @example
 * ```ts
 * import { branchOf, emptyConversation, reduceConversation } from 'rxjs-chat-completions/conversation';
 *
 * const state = reduceConversation(emptyConversation, { type: 'send', content: 'Hi' });
 * console.assert(branchOf(state).map(({ kind }) => kind).join() === 'user,assistant');
 * ```
 */
export function reduceConversation(state: ConversationState, event: ConversationEvent): ConversationState {
  // JavaScript may send anything, and a command of any type.
  if (!isRecord(event)) return state;
  switch (event.type) {
    case 'send':
      return addQuestion(state, state.head, event.content);
    case 'edit': {
      const turn = turnAt(state, event.id);
      return turn?.kind === 'user' ? addQuestion(state, turn.parent, event.content) : state;
    }
    case 'regenerate':
      return addAnswer(state, event.id ?? state.head);
    case 'select': {
      const turn = turnAt(state, event.id);
      if (turn === undefined) return state;
      const head = leafBelow(state, turn.id);
      return head === state.head ? state : { ...state, head };
    }
    case 'stop':
      return stopAnswers(state);
    case 'reset': {
      const next = event.to ?? emptyConversation;
      if (!isRecord(next.turns)) return state;
      const to = stopAnswers(next);
      // Ids are used once, so a late event of a removed answer cannot change a new turn.
      return to.next >= state.next ? to : { ...to, next: state.next };
    }
    case 'run':
      return updateRun(state, event.id, (run) => jsonSafe(event.run, run));
    case 'fail':
      return updateRun(state, event.id, (run) => jsonSafe(failRun(run, toError(event.error), 'report'), run));
    case 'metrics': {
      const turn = turnAt(state, event.id);
      return turn?.kind === 'assistant' ? withTurn(state, { ...turn, metrics: event.metrics }) : state;
    }
    case 'approve':
    default:
      return state;
  }
}

/** Adds messages below a turn, and an answer if the last one needs it. */
function addQuestion(
  state: ConversationState,
  parent: TurnId | null,
  content: MessageContent,
): ConversationState {
  const messages = messagesIn(content);
  const last = messages.at(-1);
  if (last === undefined) return state;
  const added = addMessages(stopAnswers(state), parent, messages);
  return needsAnswer(last) ? withAnswer(added) : added;
}

/** Adds an answer: beside an answer, or below a message. */
function addAnswer(state: ConversationState, id: TurnId | null): ConversationState {
  const turn = turnAt(state, id);
  if (turn === undefined) return state;
  const question = turn.kind === 'assistant' ? turnAt(state, turn.parent) : turn;
  if (question?.kind !== 'user' || !needsAnswer(question.message)) return state;
  return withAnswer({ ...stopAnswers(state), head: question.id });
}

function withAnswer(state: ConversationState): ConversationState {
  const id = String(state.next);
  return {
    ...withTurn(state, { kind: 'assistant', id, parent: state.head, run: emptyRun, metrics: null }),
    head: id,
    next: state.next + 1,
  };
}

function messagesIn(content: MessageContent): readonly Message[] {
  // Enter in an empty field sends nothing, and stops no answer.
  if (typeof content === 'string') return content.trim() === '' ? [] : [{ role: 'user', content }];
  // JavaScript, and a form without a value, have anything. What is not a message does not apply.
  const messages: readonly unknown[] = Array.isArray(content) ? content : [content];
  return messages.every(isMessage) ? messages : [];
}

const needsAnswer = ({ role }: Message): boolean => role === 'user' || role === 'tool' || role === 'function';

/** Ends all answers in flight. There is one at most, unless the state was assembled by hand. */
export const stopAnswers = (state: ConversationState): ConversationState =>
  Object.values(state.turns)
    .filter(isAnswering)
    .reduce((stopped, turn) => withTurn(stopped, { ...turn, run: endRun(turn.run, 'report') }), state);

/** Changes an answer in flight. One that has ended stays unchanged. */
function updateRun(
  state: ConversationState,
  id: TurnId,
  change: (run: RunState) => RunState,
): ConversationState {
  const turn = turnAt(state, id);
  return isAnswering(turn) ? withTurn(state, { ...turn, run: change(turn.run) }) : state;
}

const toError = (error: unknown): Error => (isError(error) ? error : requestError(error));
