import { left, map, mapLeft, right, type Either } from 'fp-ts/Either';
import { pipe } from 'fp-ts/function';

import { attempt } from '../codec/attempt';
import { recordsIn } from '../codec/recordsIn';
import { chatErrorFrom } from '../decode/chatErrorFrom';
import { mismatchOf } from '../decode/issues';
import { messageOf, RequestError, type SchemaMismatch, type ToolFailure } from '../errors';
import type { Message } from '../request/Message';
import type { RunCall, RunState, RunStep } from '../tools/RunState';
import { newCall, newStep } from '../tools/steps';
import {
  ConversationJson,
  type CallJson,
  type MessageJson,
  type ResultJson,
  type RunJson,
  type StepJson,
  type TurnJson,
} from './ConversationJson';
import { emptyConversation, type ConversationState, type Turn, type TurnId } from './ConversationState';
import { inOwnForm } from './mendMessages';
import { stopAnswers } from './reduceConversation';
import { turnAt } from './turns';

/**
 * Restores a conversation from its JSON: the value of `JSON.parse(JSON.stringify(state))`.
 *
 * Status, reasoning, usage, metrics and errors are restored; an answer that was in flight is `stopped` and keeps its text. A
 * turn whose parent is missing, or not older than itself, becomes a first turn, so there are no cycles. Without a valid head
 * the conversation continues at its newest turn.
 *
 * @param json - Parsed JSON, such as a stored conversation.
 * @returns The conversation, else a {@link SchemaMismatch}: the JSON of another version, or of something else.
 *
 * @example
 * ```ts
 * import { isRight } from 'fp-ts/Either';
 * import { conversationFrom, conversationOf } from 'rxjs-chat-completions/conversation';
 *
 * const stored = JSON.stringify(conversationOf([{ role: 'user', content: 'Hi' }]));
 * const restored = conversationFrom(JSON.parse(stored));
 * console.assert(isRight(restored) && restored.right.head === '1');
 * ```
 */
export const conversationFrom = (json: unknown): Either<SchemaMismatch, ConversationState> =>
  pipe(
    ConversationJson.decode(json),
    mapLeft((errors) => mismatchOf(errors, '')),
    map(stateOf),
  );

function stateOf({ turns: stored, head, next }: ConversationJson): ConversationState {
  const turns: Record<TurnId, Turn> = {};
  const state = { ...emptyConversation, turns };
  // Numeric keys are in ascending order, so an older turn is there already.
  for (const [id, turn] of Object.entries(stored)) {
    turns[id] = turnOf(id, turnAt(state, turn.parent)?.id ?? null, turn);
  }
  const newest = Object.keys(turns).at(-1);
  return stopAnswers({
    ...state,
    head: turnAt(state, head)?.id ?? newest ?? null,
    next: Math.max(next, Number(newest ?? 0) + 1),
  });
}

const turnOf = (id: TurnId, parent: TurnId | null, turn: TurnJson): Turn =>
  turn.kind === 'user'
    ? { ...turn, id, parent, message: toMessage(turn.message) }
    : { ...turn, id, parent, run: runOf(turn.run) };

const toMessage = (json: MessageJson): Message => inOwnForm(json as Message);

function runOf(run: RunJson): RunState {
  const messages = run.messages.map(toMessage);
  return {
    ...run,
    steps: run.steps.map((step) => stepOf(step, messages)),
    messages,
    error: run.error === null || run.error === undefined ? null : errorOf(run.error),
  };
}

function stepOf(step: StepJson, messages: readonly Message[]): RunStep {
  const stored =
    typeof step.message === 'number' ? messages[step.message] : step.message && toMessage(step.message);
  const message = stored?.role === 'assistant' ? stored : null;
  // Stored once, in the message.
  const images = recordsIn(message?.images ?? step.images);
  return newStep(step.step, { ...step, message, images, calls: step.calls.map(callOf) });
}

const callOf = (call: CallJson): RunCall => ({
  ...newCall(call.id, call.name),
  ...call,
  result: call.result && resultOf(call.result),
});

const resultOf = (result: ResultJson): Either<ToolFailure, unknown> =>
  result._tag === 'Left' ? left(errorOf(result.left) as ToolFailure) : right(result.right);

/** Errors of a later version are kept by their message. */
const errorOf = (json: unknown): Error =>
  attempt(() => chatErrorFrom(json)) ?? new RequestError(messageOf(json));
