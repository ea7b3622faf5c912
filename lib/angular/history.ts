import type { AccumulatedToolCall } from '../fold/toolCalls';
import type { ChatMetrics } from '../operators/tapMetrics';
import type { Message, MessageToolCall, ToolMessage } from '../request/Message';
import type { ChatState } from '../state/ChatState';

/** What somebody other than the model said: the user, a tool, the system. */
export interface ConversationSaid {
  /** Tells the entries of one conversation apart; what a template tracks by. */
  readonly id: number;
  readonly role: 'user' | 'tool' | 'system';
  /** The text of the message, of all its parts. */
  readonly content: string;
  /** The message as it is sent. */
  readonly message: Message;
}

/** An answer of the model: its state, whatever became of it. */
export interface ConversationAnswer extends ChatState {
  /** Tells the entries of one conversation apart; what a template tracks by. */
  readonly id: number;
  readonly role: 'assistant';
  /** How the answer went, once it has ended. */
  readonly metrics: ChatMetrics | null;
}

/** A line of a conversation, as a screen draws it. */
export type ConversationEntry = ConversationSaid | ConversationAnswer;

/**
 * The messages that tell a model what was said so far.
 *
 * An answer that was stopped or broke off is told as far as it came; one without any text is left out. Tool calls are told
 * together with their replies, when all of an answer's have one right after it: servers refuse a call without a reply, and a
 * reply without its call.
 *
 * @param entries - A conversation, such as `messages()` of {@link injectConversation}.
 *
 * @example Keep a conversation
 * ```ts
 * import { historyOf, type Conversation } from 'rxjs-chat-completions/angular';
 *
 * const keep = (chat: Conversation): void => {
 *   localStorage.setItem('chat', JSON.stringify(historyOf(chat.messages())));
 * };
 * ```
 */
export const historyOf = (entries: readonly ConversationEntry[]): readonly Message[] =>
  entries.flatMap((entry, place) => {
    if (entry.role === 'assistant') return told(entry, entries.slice(place + 1));
    // Replies are told with the answer that called.
    return entry.role === 'tool' ? [] : entry.message;
  });

function told(answer: ConversationAnswer, after: readonly ConversationEntry[]): readonly Message[] {
  const { content, toolCalls, reasoning } = answer;
  const next = after.findIndex(({ role }) => role !== 'tool');
  const replies = after.slice(0, next < 0 ? undefined : next).flatMap(replyIn);
  const replied = new Set(replies.map(({ tool_call_id }) => tool_call_id));
  if (toolCalls.length > 0 && toolCalls.every(({ id, complete }) => complete && replied.has(id))) {
    const tool_calls = toolCalls.map(callOf);
    const called = new Set(toolCalls.map(({ id }) => id));
    return [
      // A model that thought before its calls goes on from there; only then is its thinking sent again.
      { role: 'assistant', content, tool_calls, ...(reasoning === '' ? {} : { reasoning }) },
      ...replies.filter(({ tool_call_id }) => called.has(tool_call_id)),
    ];
  }
  return content === '' ? [] : [{ role: 'assistant', content }];
}

const replyIn = (entry: ConversationEntry): readonly ToolMessage[] =>
  entry.role !== 'assistant' && entry.message.role === 'tool' ? [entry.message] : [];

const callOf = ({ id, type, name, arguments: text }: AccumulatedToolCall): MessageToolCall =>
  type === 'custom'
    ? { id, type, custom: { name, input: text } }
    : { id, type: 'function', function: { name, arguments: text } };

/** A message as an entry. What a model said before is an answer that is done. */
export function entryOf(id: number, message: Message): ConversationEntry {
  const content = textOf(message.content);
  if (message.role !== 'assistant') {
    const role = message.role === 'user' || message.role === 'tool' ? message.role : 'system';
    return { id, role, content, message };
  }
  return {
    id,
    role: 'assistant',
    status: 'done',
    content,
    reasoning: message.reasoning ?? message.reasoning_content ?? '',
    refusal: message.refusal ?? '',
    toolCalls: (message.tool_calls ?? []).map(accumulated),
    finishReason: 'stop',
    usage: null,
    error: null,
    metrics: null,
  };
}

const accumulated = (call: MessageToolCall): AccumulatedToolCall => ({
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
