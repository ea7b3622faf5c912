import type { AccumulatedToolCall } from '../fold/toolCalls';
import type { ChatMetrics } from '../operators/tapMetrics';
import type { Message, MessageToolCall, ToolMessage } from '../request/Message';
import { waiting, type ChatState } from '../state/ChatState';

/** A message of the user, a tool or the system. */
export interface ConversationSaid {
  /** Identifies an entry in its conversation; a template tracks by it. */
  readonly id: number;
  readonly role: 'user' | 'tool' | 'system';
  /** Text of the message, joined from its parts. */
  readonly content: string;
  /** The message as the request sends it. */
  readonly message: Message;
}

/** An answer of the model and its state, complete or not. */
export interface ConversationAnswer extends ChatState {
  /** Identifies an entry in its conversation; a template tracks by it. */
  readonly id: number;
  readonly role: 'assistant';
  /** Metrics of the answer, once it has ended. */
  readonly metrics: ChatMetrics | null;
}

/** An entry of a conversation, as a screen renders it. */
export type ConversationEntry = ConversationSaid | ConversationAnswer;

/**
 * Returns the messages of a conversation, for the next request.
 *
 * An answer that was stopped or failed keeps its text; one without text is left out. Tool calls are kept with their results,
 * if each call of the answer has a result directly after it: servers reject a call without a result, and a result without
 * its call.
 *
 * @param entries - A conversation, such as `messages()` of {@link injectConversation}.
 *
 * @example Store a conversation
 * ```ts
 * import { historyOf, type Conversation } from 'rxjs-chat-completions/angular';
 *
 * const store = (chat: Conversation): void => {
 *   localStorage.setItem('chat', JSON.stringify(historyOf(chat.messages())));
 * };
 * ```
 */
export const historyOf = (entries: readonly ConversationEntry[]): readonly Message[] =>
  entries.flatMap((entry, place) => {
    if (entry.role === 'assistant') return messagesOf(entry, entries.slice(place + 1));
    // Results follow the answer that calls.
    return entry.role === 'tool' ? [] : entry.message;
  });

function messagesOf(answer: ConversationAnswer, after: readonly ConversationEntry[]): readonly Message[] {
  const { content, toolCalls, reasoning } = answer;
  const next = after.findIndex(({ role }) => role !== 'tool');
  const results = after.slice(0, next < 0 ? undefined : next).flatMap(resultIn);
  const answered = new Set(results.map(({ tool_call_id }) => tool_call_id));
  if (toolCalls.length > 0 && toolCalls.every(({ id, complete }) => complete && answered.has(id))) {
    const tool_calls = toolCalls.map(callOf);
    const ids = new Set(toolCalls.map(({ id }) => id));
    return [
      // A model continues from the reasoning before its calls; only then the reasoning is sent back.
      { role: 'assistant', content, tool_calls, ...(reasoning === '' ? {} : { reasoning }) },
      ...results.filter(({ tool_call_id }) => ids.has(tool_call_id)),
    ];
  }
  return content === '' ? [] : [{ role: 'assistant', content }];
}

const resultIn = (entry: ConversationEntry): readonly ToolMessage[] =>
  entry.role !== 'assistant' && entry.message.role === 'tool' ? [entry.message] : [];

const callOf = ({ id, type, name, arguments: text }: AccumulatedToolCall): MessageToolCall =>
  type === 'custom'
    ? { id, type, custom: { name, input: text } }
    : { id, type: 'function', function: { name, arguments: text } };

/** Converts a message to an entry; one of the model becomes an answer that is done. */
export function entryOf(id: number, message: Message): ConversationEntry {
  const content = textOf(message.content);
  if (message.role !== 'assistant') {
    const role = message.role === 'user' || message.role === 'tool' ? message.role : 'system';
    return { id, role, content, message };
  }
  return {
    id,
    role: 'assistant',
    ...waiting.state,
    status: 'done',
    content,
    reasoning: message.reasoning ?? message.reasoning_content ?? '',
    refusal: message.refusal ?? '',
    toolCalls: (message.tool_calls ?? []).map(toAccumulated),
    finishReason: 'stop',
    metrics: null,
  };
}

const toAccumulated = (call: MessageToolCall): AccumulatedToolCall => ({
  id: call.id,
  type: call.type,
  name: call.type === 'custom' ? call.custom.name : call.function.name,
  arguments: call.type === 'custom' ? call.custom.input : call.function.arguments,
  complete: true,
});

function textOf(content: Message['content']): string {
  if (typeof content === 'string') return content;
  return (content ?? [])
    .map((part) => ('text' in part && typeof part.text === 'string' ? part.text : ''))
    .join('');
}
