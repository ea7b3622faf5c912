import type { CompletionMessage } from '../codec/CompletionMessage';
import type { Turn } from '../conversation/ConversationState';
import { mendMessages } from '../conversation/mendMessages';
import { textOf } from '../conversation/messages';
import { isChatError, RequestError, type ChatError } from '../errors';
import { toolCallsIn, type AccumulatedToolCall } from '../fold/AccumulatedToolCall';
import { noAttachments } from '../fold/attachments';
import type { ChatMetrics } from '../operators/tapMetrics';
import type { Message } from '../request/Message';
import { waiting, type ChatState } from '../state/ChatState';
import type { RunState } from '../tools/RunState';
import { joinSteps } from '../tools/steps';

/** A message of the user, a tool or the system. */
export interface ConversationMessage {
  /** Identifies an entry in its conversation; a template tracks by it. The number in the id of its turn. */
  readonly id: number;
  readonly role: 'user' | 'tool' | 'system';
  /** Text of the message, joined from its parts. */
  readonly content: string;
  /** The message as the request sends it. */
  readonly message: Message;
}

/**
 * An answer of the model and its state, complete or not. If it ran tools, the text, the reasoning, the calls and the usage are
 * those of all its requests, and the other fields those of the last one.
 */
export interface ConversationAnswer extends ChatState {
  /** Identifies an entry in its conversation; a template tracks by it. The number in the id of its turn. */
  readonly id: number;
  readonly role: 'assistant';
  /** Metrics of the last request of the answer, once that has ended. */
  readonly metrics: ChatMetrics | null;
  /** The steps of the run, with the state and the result of each call. */
  readonly steps: RunState['steps'];
  /** The messages of the answer as the next request sends them: in the fields they were received in. */
  readonly messages: readonly Message[];
}

/** An entry of a conversation, as a screen renders it. */
export type ConversationEntry = ConversationMessage | ConversationAnswer;

/**
 * Returns the messages of a conversation, for a request.
 *
 * They are the messages as they were received. An answer that was stopped or failed keeps its text; one without text is left
 * out. A call without a result gets a reply that reports so: servers reject a call without a reply.
 *
 * @param entries - A conversation, such as `messages()` of {@link injectConversation}.
 *
 * @example Copy a conversation to another program
 * ```ts
 * import { historyOf, type Conversation } from 'rxjs-chat-completions/angular';
 *
 * export const copy = (chat: Conversation): Promise<void> =>
 *   navigator.clipboard.writeText(JSON.stringify(historyOf(chat.messages())));
 * ```
 */
export const historyOf = (entries: readonly ConversationEntry[]): readonly Message[] =>
  mendMessages(entries.flatMap((entry) => (entry.role === 'assistant' ? entry.messages : entry.message)));

/**
 * Converts a turn to an entry.
 *
 * @param state - The state of its last request; without it, the fields of a stored answer are read from its messages.
 */
export function entryOf(turn: Turn, state?: ChatState): ConversationEntry {
  const id = Number(turn.id);
  if (turn.kind === 'user') {
    const { message } = turn;
    const role = message.role === 'user' || message.role === 'tool' ? message.role : 'system';
    return { id, role, content: textOf(message), message };
  }
  const { run, metrics } = turn;
  const { steps, messages } = run;
  const { images, audio, annotations, citations } = steps.at(-1) ?? noAttachments;
  return {
    ...(state ?? storedState(run)),
    id,
    role: 'assistant',
    // A run streams from its first request on, an answer from its first chunk on.
    status:
      steps.length === 1 && run.status === 'streaming' && state?.status === 'waiting'
        ? 'waiting'
        : run.status,
    content: run.content,
    reasoning: joinSteps(steps, 'reasoning'),
    toolCalls: toolCallsOf(run, state),
    usage: run.usage ?? state?.usage ?? null,
    images,
    audio,
    annotations,
    citations,
    error: run.error === null ? null : toChatError(run.error),
    metrics,
    steps,
    messages,
  };
}

/** The calls of all steps. Those of a step that has not ended, or was cut off, are in the state of its request only. */
function toolCallsOf({ steps }: RunState, state: ChatState | undefined): readonly AccumulatedToolCall[] {
  const calls = steps.map(({ message }) =>
    toolCallsIn({ message: message as CompletionMessage | null, finish_reason: 'tool_calls' }),
  );
  return [...calls.flat(), ...(calls.at(-1)?.length === 0 ? (state?.toolCalls ?? []) : [])];
}

/** The fields of an answer that its run does not have. */
function storedState({ status, reason, messages }: RunState): ChatState {
  const last = messages.filter((message) => message.role === 'assistant').at(-1);
  const finishReason = reason === 'cut-off' ? 'length' : 'stop';
  return {
    ...waiting.state,
    refusal: last?.refusal ?? '',
    finishReason: status === 'done' ? finishReason : null,
  };
}

const toChatError = (error: Error): ChatError =>
  isChatError(error) ? error : new RequestError(error.message, error);
