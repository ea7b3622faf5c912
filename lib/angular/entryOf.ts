import type { CompletionMessage } from '../codec/CompletionMessage';
import type { Turn } from '../conversation/ConversationState';
import { textOf } from '../conversation/textOf';
import { isChatError, RequestError, type ChatError } from '../errors';
import { toolCallsIn, type AccumulatedToolCall } from '../fold/AccumulatedToolCall';
import { noAttachments } from '../fold/attachments';
import { waiting, type ChatState } from '../state/ChatState';
import type { RunState } from '../tools/RunState';
import { joinSteps } from '../tools/steps';
import type { ConversationEntry } from './ConversationEntry';

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
  isChatError(error) ? error : new RequestError(error.message, { cause: error });
