import { recordsIn } from '../codec/recordsIn';
import type {
  AssistantFields,
  AssistantMessage,
  Message,
  MessageToolCall,
  ToolMessage,
} from '../request/Message';

/** A conversation that ends with calls, some of them without a reply. */
export interface OpenCalls {
  /** The messages before the one with the calls. */
  readonly before: readonly Message[];
  readonly assistant: AssistantMessage;
  /** The existing reply of each call, in the order of the calls. By place, because ids are empty or repeat in some histories. */
  readonly replies: ReadonlyArray<ToolMessage | undefined>;
  /** The messages after the replies. */
  readonly after: readonly Message[];
}

/** Returns the calls of the last answer in a conversation, unless all of them have replies. */
export function openCallsIn(messages: readonly Message[]): OpenCalls | undefined {
  const place = messages.map(({ role }) => role).lastIndexOf('assistant');
  const assistant = messages[place];
  if (assistant?.role !== 'assistant') return undefined;
  const rest = messages.slice(place + 1);
  const calls = callsOf(assistant);
  const takeReply = replyQueue(calls, rest.filter(isReply));
  const replies = calls.map(({ id }) => takeReply(id));
  if (!replies.includes(undefined)) return undefined;
  return {
    before: messages.slice(0, place),
    assistant,
    replies,
    after: rest.filter((message) => !isReply(message)),
  };
}

/** Whether a message is the reply to a call. */
export const isReply = (message: Message): message is ToolMessage => message.role === 'tool';

/** Takes the reply to the next call of an id. Of more replies than calls the last count: they are the newest. */
export function replyQueue(
  calls: readonly MessageToolCall[],
  replies: readonly ToolMessage[],
): (id: string) => ToolMessage | undefined {
  const open = new Map<string, { calls: number; replied: number; readonly replies: ToolMessage[] }>();
  for (const { id } of calls) {
    const same = open.get(id);
    if (same === undefined) open.set(id, { calls: 1, replied: 0, replies: [] });
    else same.calls += 1;
  }
  for (const reply of replies) open.get(reply.tool_call_id)?.replies.push(reply);
  return (id) => {
    const same = open.get(id);
    return same?.replies[Math.max(same.replies.length - same.calls, 0) + same.replied++];
  };
}

/** Returns the reply with another id. */
export const withReplyId = (reply: ToolMessage, id: string): ToolMessage =>
  reply.tool_call_id === id ? reply : { ...reply, tool_call_id: id };

/** Whether an answer has neither text, a refusal, audio nor images, so that servers accept it only beside calls. */
export const isEmptyAnswer = ({ content, refusal, audio, images }: AssistantFields): boolean =>
  !content?.length && !refusal && !audio && !images?.length;

/** Returns the reasoning of an answer in the fields that have its text alone. */
export const reasoningTextOf = ({
  reasoning,
  reasoning_content,
  reasoning_text,
  thinking,
}: AssistantFields): string => reasoning || reasoning_content || reasoning_text || thinking || '';

/** Returns the ids of all calls in a conversation. */
export const callIdsIn = (messages: readonly Message[]): ReadonlySet<string> =>
  new Set(
    messages.flatMap((message) => (message.role === 'assistant' ? callsOf(message) : [])).map(({ id }) => id),
  );

/** Returns the calls of an answer. Histories of other clients have `null`, `{}` or text for none. */
export const callsOf = ({ tool_calls }: AssistantMessage): readonly MessageToolCall[] =>
  recordsIn(tool_calls) as readonly object[] as readonly MessageToolCall[];

/**
 * Removes the reasoning before the user's last message, because models do not read it any more.
 *
 * Reasoning beside tool calls stays: DeepSeek and Kimi respond with 400 if a call that was made while reasoning lacks it. Signed
 * blocks (`reasoning_details`, `extra_content`) stay, too.
 */
export function withoutOldReasoning(messages: readonly Message[]): readonly Message[] {
  const last = messages.reduce(
    (found, message, place) => (isOfUser(message, messages[place - 1]) ? place : found),
    -1,
  );
  return messages.map((message, place) => (place < last ? withoutReasoning(message) : message));
}

/** Whether a message is one of the user: not the images of a result, which are a user message directly after the replies. */
export const isOfUser = ({ role, content }: Message, before: Message | undefined): boolean =>
  role === 'user' &&
  !(before?.role === 'tool' && recordsIn(content).some(({ type }) => type === 'image_url'));

function withoutReasoning(message: Message): Message {
  if (message.role !== 'assistant' || message.tool_calls?.length) return message;
  const { reasoning, reasoning_content, reasoning_text, thinking, ...rest } = message;
  return reasoningTextOf(message) ? rest : message;
}
