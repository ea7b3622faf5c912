import { recordsIn } from '../codec/recordsIn';
import { reasoningIn } from '../fold/reasoning';
import type { AssistantMessage, Message } from '../request/Message';
import { emptyRun, type RunState, type RunStep } from '../tools/RunState';
import { joinSteps, newCalls, newStep } from '../tools/steps';
import { emptyConversation, type ConversationState, type TurnId } from './ConversationState';
import { inOwnForm, isMessage } from './mendMessages';
import { textOf } from './textOf';

/**
 * Returns a conversation with the given messages: a system prompt, examples, the history of another program.
 *
 * An answer, and the results and answers directly after it, become one turn.
 *
 * @param messages - Messages in their order. Faults in the form of calls are mended, see {@link mendMessages}; others when they are
 * sent.
 *
 * @example
 * ```ts
 * import { conversationOf } from 'rxjs-chat-completions/conversation';
 *
 * const state = conversationOf([{ role: 'system', content: 'You answer in one sentence.' }]);
 * console.assert(state.head === '1');
 * ```
 */
export const conversationOf = (messages: readonly Message[]): ConversationState =>
  addMessages(emptyConversation, null, messages);

/** Adds messages below a turn, and makes the last one the head. */
export function addMessages(
  state: ConversationState,
  parent: TurnId | null,
  messages: readonly Message[],
): ConversationState {
  const turns = { ...state.turns };
  let head = parent;
  let { next } = state;
  for (const group of turnGroups(messages.filter(isMessage).map(inOwnForm))) {
    const id = String(next);
    next += 1;
    turns[id] = Array.isArray(group)
      ? { kind: 'assistant', id, parent: head, run: runOf(group as readonly Message[]), metrics: null }
      : { kind: 'user', id, parent: head, message: group as Message };
    head = id;
  }
  return { ...state, turns, head, next };
}

/** Groups an answer with the results and answers directly after it. Any other message is a group of its own. */
function turnGroups(messages: readonly Message[]): readonly (Message | readonly Message[])[] {
  const groups: (Message | Message[])[] = [];
  for (const message of messages) {
    const last = groups.at(-1);
    if (Array.isArray(last) && (message.role === 'tool' || message.role === 'assistant')) last.push(message);
    else groups.push(message.role === 'assistant' ? [message] : message);
  }
  return groups;
}

/** Returns the run that these messages record. */
function runOf(messages: readonly Message[]): RunState {
  const answers = messages.filter((message): message is AssistantMessage => message.role === 'assistant');
  const replied = new Set(
    messages.flatMap((message) => (message.role === 'tool' ? message.tool_call_id || '' : [])),
  );
  const steps = answers.map((answer, place) => stepOf(answer, place + 1, replied));
  return {
    ...emptyRun,
    status: 'done',
    reason: 'answered',
    steps,
    content: joinSteps(steps, 'content'),
    messages,
  };
}

const stepOf = (message: AssistantMessage, step: number, replied: ReadonlySet<string>): RunStep =>
  newStep(step, {
    content: textOf(message),
    reasoning: reasoningOf(message),
    images: recordsIn(message.images),
    message,
    calls: newCalls(message).map((call) => (replied.has(call.id) ? { ...call, status: 'done' } : call)),
  });

/** Returns the reasoning of an answer. The history of another program may have anything there. */
function reasoningOf(answer: AssistantMessage): string {
  const [content, reasoning_details] = [recordsIn(answer.content), recordsIn(answer.reasoning_details)];
  const text: unknown = reasoningIn({ ...answer, content, reasoning_details });
  return typeof text === 'string' ? text : '';
}
