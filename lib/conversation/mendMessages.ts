import { toCall } from '../codec/coerce';
import { fieldsOf, isRecord } from '../codec/isRecord';
import { toolCallName } from '../fold/AccumulatedToolCall';
import type { AssistantMessage, Message, MessageToolCall, ToolMessage } from '../request/Message';
import { isEmptyAnswer, isReply, replyQueue, withReplyId } from '../tools/history';
import { withObjectArguments } from '../tools/objectArguments';
import { stoppedReply } from '../tools/replies';

/**
 * Returns messages that servers accept: each call has one reply directly after it, in the order of the calls.
 *
 * A history of another program, or of a run that was stopped, may lack that, and servers respond with 400 to every later
 * request. A call without a reply gets one that reports that it was not run. A reply without a call, a call without a name and a
 * message without content are left out. An id that is missing, empty or repeats is replaced, in the reply too. Arguments that are
 * an object become its JSON, JSON inside a JSON string is unwrapped, and others that are not the JSON of an object become `{}`.
 * Messages without a fault stay the same objects.
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
  const given = messages.filter(hasContent);
  const uniqueId = uniqueIds();
  const mended: Message[] = [];
  let place = 0;
  for (let next = given[place]; next !== undefined; next = given[place]) {
    place += 1;
    if (next.role === 'assistant') {
      const following = messagesUntilAnswer(given, place);
      place += following.length;
      const { answer, replies } = mendAnswer(next, following.filter(isReply), uniqueId);
      if (!isEmpty(answer)) mended.push(answer);
      mended.push(...replies, ...following.filter((message) => !isReply(message)));
    } else if (!isReply(next)) mended.push(next);
  }
  return mended;
}

/** Whether a message has content. Answers are looked at with their calls, and the result of a call may be nothing. */
const hasContent = (message: Message): boolean =>
  isRecord(message) &&
  (typeof message.content === 'string' ||
    Array.isArray(message.content) ||
    ['assistant', 'tool', 'function'].includes(message.role));

/** The messages from a place to the next answer. */
function messagesUntilAnswer(messages: readonly Message[], start: number): readonly Message[] {
  let end = start;
  while (end < messages.length && messages[end]?.role !== 'assistant') end += 1;
  return messages.slice(start, end);
}

/** Pairs the calls of an answer with their replies. */
function mendAnswer(
  answer: AssistantMessage,
  replies: readonly ToolMessage[],
  uniqueId: (id: string) => string,
): { readonly answer: AssistantMessage; readonly replies: readonly ToolMessage[] } {
  // PHP and databases store no calls as `{}` or text.
  const stored: AssistantMessage['tool_calls'] = Array.isArray(answer.tool_calls) ? answer.tool_calls : [];
  const calls = stored.map(toCall).filter(hasName);
  if (calls.length === 0) return { answer: withoutCalls(answer), replies: [] };
  const takeReply = replyQueue(calls, replies);
  const pairs = calls.map((call) => {
    const id = uniqueId(call.id);
    const reply = takeReply(call.id);
    return {
      call: withId(withObjectArguments(call), id),
      reply: reply === undefined ? stoppedReply(id, false) : withText(withReplyId(reply, id)),
    };
  });
  const isUnchanged =
    pairs.length === stored.length && pairs.every(({ call }, place) => call === stored[place]);
  return {
    answer: isUnchanged ? answer : { ...answer, tool_calls: pairs.map(({ call }) => call) },
    replies: pairs.map(({ reply }) => reply),
  };
}

/** Whether a call, in its own form, has the name of its tool. */
const hasName = (call: unknown): call is MessageToolCall => isRecord(call) && toolCallName(call) !== '';

/** The result of a call that returned nothing. */
const withText = (reply: ToolMessage): ToolMessage =>
  (reply.content as ToolMessage['content'] | null | undefined) == null ? { ...reply, content: '' } : reply;

/** Creates a function that returns an id the first time, and another one for a missing, an empty or a repeated id. */
function uniqueIds(): (id: string) => string {
  const taken = new Set<string>();
  const counts = new Map<string, number>();
  return (id) => {
    let unique = id;
    while (!unique || taken.has(unique)) {
      const count = (counts.get(id) ?? 0) + 1;
      counts.set(id, count);
      unique = `${id || 'call'}_${count}`;
    }
    taken.add(unique);
    return unique;
  };
}

const withId = (call: MessageToolCall, id: string): MessageToolCall =>
  call.id === id ? call : { ...call, id };

/** OpenAI rejects an empty list of calls. */
function withoutCalls(answer: AssistantMessage): AssistantMessage {
  const { tool_calls, ...rest } = answer;
  return tool_calls === undefined ? answer : (rest as AssistantMessage);
}

/** Whether an answer has nothing that servers accept. Other clients store `null` for a field that it lacks. */
const isEmpty = (answer: AssistantMessage): boolean =>
  isEmptyAnswer(answer) && !answer.tool_calls?.length && !fieldsOf(answer)['function_call'];
