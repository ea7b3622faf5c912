import { toCall } from '../codec/coerce';
import { fieldsOf, isRecord } from '../codec/isRecord';
import { toolCallName } from '../fold/AccumulatedToolCall';
import type { AssistantMessage, Message, MessageToolCall, ToolMessage } from '../request/Message';
import { isEmptyAnswer, isReply, replyQueue, withReplyId } from '../tools/history';
import { withObjectArguments } from '../tools/objectArguments';
import { stoppedReply } from '../tools/replies';
import { uniqueIds } from '../tools/uniqueIds';

/**
 * Returns messages that servers accept: each call has one reply directly after it, in the order of the calls.
 *
 * A history of another program, or of a run that was stopped, may lack that, and servers respond with 400 to every later
 * request. A call without a reply gets one that reports that it was not run. A reply without a call, a call without a name and a
 * message without a role or content are left out. An id that is missing, empty or repeats is replaced, in the reply too.
 * Arguments that are an object become its JSON, JSON inside a JSON string is unwrapped, and others that are not the JSON of an
 * object become `{}`. Messages without a fault stay the same objects.
 *
 * @param messages - A conversation, such as one that another program has stored.
 *
 * @example
 * ```ts
 * import type { Message } from 'rxjs-chat-completions';
 * import { mendMessages } from 'rxjs-chat-completions/conversation';
 *
 * const stored: readonly Message[] = [
 *   { role: 'user', content: 'How warm is it in Oslo?' },
 *   { role: 'assistant', tool_calls: [{ id: '', type: 'function', function: { name: 'weather', arguments: '{"ci' } }] },
 *   { role: 'user', content: 'Hello?' },
 * ];
 * console.assert(mendMessages(stored)[2]?.role === 'tool');
 * ```
 */
export function mendMessages(messages: readonly Message[]): readonly Message[] {
  const given = messages.filter(hasContent).map(inOwnForm);
  const uniqueId = uniqueIds();
  const mended: Message[] = [];
  let place = 0;
  for (let next = given[place]; next !== undefined; next = given[place]) {
    place += 1;
    if (next.role === 'assistant') {
      const following = messagesUntilAnswer(given, place);
      place += following.length;
      const { answer, replies } = mendAnswer(next, following.filter(isReply), (id, call) =>
        uniqueId(id, mended.length, call),
      );
      if (!isEmpty(answer)) mended.push(answer);
      mended.push(...replies, ...following.filter((message) => !isReply(message)));
    } else if (!isReply(next)) mended.push(next);
  }
  return mended;
}

/** Whether a value is a message. JavaScript, and the history of another program, may have anything. */
export const isMessage = (value: unknown): value is Message =>
  isRecord(value) && typeof value.role === 'string';

/** Whether a message has content. Answers are looked at with their calls, and the result of a call may be nothing. */
const hasContent = (message: Message): boolean =>
  isMessage(message) &&
  (typeof message.content === 'string' ||
    Array.isArray(message.content) ||
    ['assistant', 'tool', 'function'].includes(message.role));

/**
 * Returns a message with its calls as servers send them: a list, each with a name, a text as its id, and JSON as its arguments.
 *
 * The history of another program may have them in any form. Calls that are none are left out.
 */
export function inOwnForm(message: Message): Message {
  if (isReply(message)) return withReplyId(message, textId(message.tool_call_id));
  if (message.role !== 'assistant' || message.tool_calls === undefined) return message;
  const { tool_calls, ...rest } = message;
  // PHP and databases store no calls as `{}` or text.
  const stored = Array.isArray(tool_calls) ? (tool_calls as readonly MessageToolCall[]) : [];
  const calls = stored
    .map(toCall)
    .filter(hasName)
    .map((call) => withObjectArguments(withId(call, textId(call.id))));
  // OpenAI rejects an empty list of calls.
  if (calls.length === 0) return rest as AssistantMessage;
  return isSameList(calls, stored) ? message : { ...message, tool_calls: calls };
}

/** The messages from a place to the next answer. */
function messagesUntilAnswer(messages: readonly Message[], start: number): readonly Message[] {
  let end = start;
  while (end < messages.length && messages[end]?.role !== 'assistant') end += 1;
  return messages.slice(start, end);
}

/** Pairs the calls of an answer, in their own form, with their replies. */
function mendAnswer(
  answer: AssistantMessage,
  replies: readonly ToolMessage[],
  uniqueId: (id: string, place: number) => string,
): { readonly answer: AssistantMessage; readonly replies: readonly ToolMessage[] } {
  const calls = answer.tool_calls ?? [];
  const takeReply = replyQueue(calls, replies);
  const pairs = calls.map((call, place) => {
    const id = uniqueId(call.id, place);
    const reply = takeReply(call.id);
    return {
      call: withId(call, id),
      reply: reply === undefined ? stoppedReply(id, false) : withText(withReplyId(reply, id)),
    };
  });
  const own = pairs.map(({ call }) => call);
  return {
    answer: isSameList(own, calls) ? answer : { ...answer, tool_calls: own },
    replies: pairs.map(({ reply }) => reply),
  };
}

/** Whether a call, in its own form, has the name of its tool. */
function hasName(call: unknown): call is MessageToolCall {
  const name: unknown = isRecord(call) ? toolCallName(call) : '';
  return typeof name === 'string' && name !== '';
}

const isSameList = <T>(a: readonly T[], b: readonly T[]): boolean =>
  a.length === b.length && a.every((item, place) => item === b[place]);

/** The result of a call that returned nothing. */
const withText = (reply: ToolMessage): ToolMessage =>
  (reply.content as ToolMessage['content'] | null | undefined) == null ? { ...reply, content: '' } : reply;

const withId = (call: MessageToolCall, id: string): MessageToolCall =>
  call.id === id ? call : { ...call, id };

/** An id as text: some servers send a number, and other programs store anything. */
const textId = (id: unknown): string =>
  typeof id === 'number' ? String(id) : typeof id === 'string' ? id : '';

/** Whether an answer has nothing that servers accept. Other clients store `null` for a field that it lacks. */
const isEmpty = (answer: AssistantMessage): boolean =>
  isEmptyAnswer(answer) && !answer.tool_calls?.length && !fieldsOf(answer)['function_call'];
