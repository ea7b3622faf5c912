import { left, map, mapLeft, right, type Either } from 'fp-ts/Either';
import { pipe } from 'fp-ts/function';

import { attempt } from '../codec/attempt';
import { fieldsOf } from '../codec/isRecord';
import { recordsIn } from '../codec/recordsIn';
import { chatErrorFrom } from '../decode/chatErrorFrom';
import { mismatchOf } from '../decode/issues';
import { RequestError, type SchemaMismatch, type ToolFailure } from '../errors';
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
  for (const [id, turn] of Object.entries(stored)) turns[id] = turnOf(id, turn, stored);
  const newest = Object.keys(turns).at(-1);
  const state = {
    ...emptyConversation,
    turns,
    next: Math.max(next, newest === undefined ? 1 : Number(newest) + 1),
  };
  const isKnown = head !== null && Object.hasOwn(turns, head);
  return stopAnswers({ ...state, head: isKnown ? head : (newest ?? null) });
}

function turnOf(id: TurnId, turn: TurnJson, turns: Readonly<Record<TurnId, TurnJson>>): Turn {
  const { parent } = turn;
  const isOlder = parent !== null && Object.hasOwn(turns, parent) && Number(parent) < Number(id);
  const link = { id, parent: isOlder ? parent : null };
  return turn.kind === 'user'
    ? { ...turn, ...link, message: messageOf(turn.message) }
    : { ...turn, ...link, run: runOf(turn.run) };
}

const messageOf = (json: MessageJson): Message => inOwnForm(json as Message);

function runOf(run: RunJson): RunState {
  const messages = run.messages.map(messageOf);
  return {
    ...run,
    steps: run.steps.map((step) => stepOf(step, messages)),
    messages,
    error: run.error === null || run.error === undefined ? null : errorOf(run.error),
  };
}

function stepOf(step: StepJson, messages: readonly Message[]): RunStep {
  const stored =
    typeof step.message === 'number' ? messages[step.message] : step.message && messageOf(step.message);
  const message = stored?.role === 'assistant' ? stored : null;
  // Stored once, in the message.
  const images = message?.images ? recordsIn(message.images) : (step.images ?? []);
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
const errorOf = (json: unknown): Error => attempt(() => chatErrorFrom(json)) ?? unknownError(json);

function unknownError(json: unknown): RequestError {
  const { message } = fieldsOf(json);
  return new RequestError(typeof message === 'string' ? message : 'unknown error');
}
