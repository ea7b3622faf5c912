import type { AssistantMessage, Message, ToolMessage } from '../request/Message';

/** A conversation that ends with calls, some of them without a reply. */
export interface OpenCalls {
  /** The messages before the one with the calls. */
  readonly before: readonly Message[];
  readonly assistant: AssistantMessage;
  /** The existing replies, by the id of their call. */
  readonly replies: ReadonlyMap<string, ToolMessage>;
  /** The messages after the replies. */
  readonly after: readonly Message[];
}

/** Returns the calls of the last answer in a conversation, unless all of them have replies. */
export function openCallsIn(messages: readonly Message[]): OpenCalls | undefined {
  const place = messages.map(({ role }) => role).lastIndexOf('assistant');
  const assistant = messages[place];
  if (assistant?.role !== 'assistant' || !assistant.tool_calls?.length) return undefined;
  const rest = messages.slice(place + 1);
  const replies = new Map(rest.filter(isReply).map((message) => [message.tool_call_id, message]));
  if (assistant.tool_calls.every(({ id }) => replies.has(id))) return undefined;
  return {
    before: messages.slice(0, place),
    assistant,
    replies,
    after: rest.filter((message) => !isReply(message)),
  };
}

const isReply = (message: Message): message is ToolMessage => message.role === 'tool';

/** Returns the ids of all calls in a conversation. */
export const callIdsIn = (messages: readonly Message[]): ReadonlySet<string> =>
  new Set(messages.flatMap((message) => (message.role === 'assistant' ? idsOf(message) : [])));

// Histories of other clients have `null` for no calls.
const idsOf = ({ tool_calls }: AssistantMessage): readonly string[] => (tool_calls ?? []).map(({ id }) => id);

/**
 * Removes the reasoning before the user's last message, because models do not read it any more.
 *
 * Reasoning beside tool calls stays: DeepSeek and Kimi respond with 400 if a call that was made while reasoning lacks it. Signed
 * blocks (`reasoning_details`, `extra_content`) stay, too. A user message directly after a reply contains the images of a result, and
 * does not count as the user's.
 */
export function withoutOldReasoning(messages: readonly Message[]): readonly Message[] {
  const last = messages.reduce(
    (found, { role }, place) => (role === 'user' && messages[place - 1]?.role !== 'tool' ? place : found),
    -1,
  );
  return messages.map((message, place) => (place < last ? withoutReasoning(message) : message));
}

function withoutReasoning(message: Message): Message {
  if (message.role !== 'assistant' || message.tool_calls?.length) return message;
  const { reasoning, reasoning_content, ...rest } = message;
  return reasoning === undefined && reasoning_content === undefined ? message : rest;
}
