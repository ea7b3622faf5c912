import type { CompletionMessage } from '../codec/CompletionMessage';
import type { AccumulatedToolCall } from '../fold/toolCalls';
import type { ChatMetrics } from '../operators/tapMetrics';
import type { AssistantMessage, Message, MessageToolCall, ToolMessage } from '../request/Message';
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
  /**
   * The message as the server sent it, once the answer has ended. The next request sends back its reasoning in the same fields,
   * and its unknown fields: some servers reject a history without them.
   */
  readonly received?: CompletionMessage;
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
  const results = resultsOf(toolCalls, after.slice(0, next < 0 ? undefined : next).flatMap(resultIn));
  if (toolCalls.length > 0 && results !== null && toolCalls.every(({ complete }) => complete)) {
    const { tool_calls: sent = [], function_call: _old, ...fields } = answer.received ?? { reasoning };
    const ids = uniqueIds(answer);
    const tool_calls = toolCalls.map((call, place) => ({
      ...sent?.[place],
      ...callOf(call, ids[place] ?? ''),
    }));
    return [
      // A model continues from the reasoning before its calls; only then the reasoning is sent back, as it was received.
      { ...fields, role: 'assistant', content: fields.content ?? content, tool_calls } as AssistantMessage,
      ...results.map((result, place) => ({ ...result, tool_call_id: ids[place] ?? '' })),
    ];
  }
  return content === '' ? [] : [{ role: 'assistant', content }];
}

const resultIn = (entry: ConversationEntry): readonly ToolMessage[] =>
  entry.role !== 'assistant' && entry.message.role === 'tool' ? [entry.message] : [];

/** Returns a result for each call, or `null` if one is missing. Results of equal ids belong to their calls in order. */
function resultsOf(
  calls: readonly AccumulatedToolCall[],
  results: readonly ToolMessage[],
): readonly ToolMessage[] | null {
  const left = [...results];
  const found = calls.flatMap(({ id }) => {
    const place = left.findIndex(({ tool_call_id }) => tool_call_id === id);
    return place < 0 ? [] : left.splice(place, 1);
  });
  return found.length === calls.length ? found : null;
}

/** Returns an id for each call of an answer: its own, unless that is empty, as Gemini sends it, or used before. */
function uniqueIds({ id: answerId, toolCalls }: ConversationAnswer): readonly string[] {
  const used = new Set<string>();
  return toolCalls.map(({ id }, place) => {
    const unique = id === '' || used.has(id) ? `call_${answerId}_${place}` : id;
    used.add(unique);
    return unique;
  });
}

const callOf = ({ type, name, arguments: text }: AccumulatedToolCall, id: string): MessageToolCall =>
  type === 'custom'
    ? { id, type, custom: { name, input: text } }
    : { id, type: 'function', function: { name, arguments: isJson(text) ? text : '{}' } };

/** Whether a text is JSON. Ollama responds with 400 to arguments that are not. */
function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

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
    received: message as CompletionMessage,
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
