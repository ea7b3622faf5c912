import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import { isEndWithoutReason, isRestart } from '../codec/mark';
import type { Usage } from '../codec/Usage';
import type { ChatError } from '../errors';
import type { AccumulatedToolCall } from '../fold/AccumulatedToolCall';
import { addAttachments, noAttachments, type Attachments } from '../fold/attachments';
import type { ChoiceOptions } from '../fold/choices';
import { finishReasonOf, refusalOf, usageOf } from '../fold/completion';
import { addContent } from '../fold/content';
import { readField, withFields } from '../fold/fields';
import { addReasoning } from '../fold/reasoning';
import { addToolCalls, noToolCalls } from '../fold/toolCalls';
import type { ToolCallsState } from '../fold/ToolCallsState';

/**
 * Status of an answer.
 *
 * `waiting` until the first chunk, then `streaming`; at the end `done` when the model ended it, `stopped` when the stream
 * was cut short on purpose, or `failed`.
 */
export type ChatStatus = 'waiting' | 'streaming' | 'done' | 'stopped' | 'failed';

/** One answer as a screen renders it: plain data, complete at every moment, never mutated. */
export interface ChatState extends Attachments {
  readonly status: ChatStatus;
  /** The text so far; it stays when the answer is stopped or fails. */
  readonly content: string;
  /** The model's reasoning so far. */
  readonly reasoning: string;
  /** The model's explanation when it declines to answer. */
  readonly refusal: string;
  readonly toolCalls: readonly AccumulatedToolCall[];
  /** Reason for the end: `stop`, `length`, `tool_calls`, …; `null` before the end, and from servers that send none. */
  readonly finishReason: string | null;
  /** Tokens of the call; `null` until the server has sent them. */
  readonly usage: Usage | null;
  /**
   * The server's id of the request, for its support: of a failed request, or from the chunks of Groq. `null` from servers
   * that send none.
   */
  readonly requestId: string | null;
  /** Error of a `failed` answer, else `null`. */
  readonly error: ChatError | null;
}

/** The state, and the data that the fold needs beside it. */
export interface ChatProgress {
  readonly state: ChatState;
  readonly toolCalls: ToolCallsState;
  readonly attachments: Attachments;
  /** Whether the server ended the answer without a finish reason. */
  readonly endedWithoutReason: boolean;
}

/** Progress before the first chunk. */
export const waiting: ChatProgress = {
  state: {
    status: 'waiting',
    content: '',
    reasoning: '',
    refusal: '',
    toolCalls: noToolCalls.calls,
    finishReason: null,
    usage: null,
    requestId: null,
    error: null,
    ...noAttachments,
  },
  toolCalls: noToolCalls,
  attachments: noAttachments,
  endedWithoutReason: false,
};

/** Adds a chunk to the progress of one choice. */
export function addToState(
  progress: ChatProgress,
  chunk: ChatCompletionChunk,
  options?: ChoiceOptions,
): ChatProgress {
  if (isRestart(chunk)) return waiting;
  const { state } = progress;
  const toolCalls = addToolCalls(progress.toolCalls, chunk, options);
  const attachments = addAttachments(progress.attachments, chunk, options);
  return {
    state: withFields(state, {
      status: 'streaming',
      content: addContent(state.content, chunk, options),
      reasoning: addReasoning(state.reasoning, chunk, options),
      refusal: state.refusal + refusalOf(chunk, options),
      toolCalls: readField(toolCalls, 'calls'),
      finishReason: finishReasonOf(chunk, options) ?? state.finishReason,
      usage: usageOf(chunk) ?? state.usage,
      requestId: requestIdIn(chunk) ?? state.requestId,
      images: readField(attachments, 'images'),
      audio: attachments.audio,
      annotations: readField(attachments, 'annotations'),
      citations: readField(attachments, 'citations'),
    }),
    toolCalls,
    attachments,
    endedWithoutReason: progress.endedWithoutReason || isEndWithoutReason(chunk),
  };
}

/**
 * Returns the state when the stream has completed.
 *
 * A stream that was cut short on purpose (`takeUntil(stop$)` above the fold) completes too, but before the model has
 * ended: its status is `stopped`.
 */
export function endState({ state, endedWithoutReason }: ChatProgress): ChatState {
  const done = state.finishReason !== null || endedWithoutReason;
  return { ...state, status: done ? 'done' : 'stopped' };
}

/** Returns the state when the stream has failed; everything received before stays. */
export function failState({ state }: ChatProgress, error: ChatError): ChatState {
  const requestId = error._tag === 'HttpError' ? error.requestId : null;
  return { ...state, status: 'failed', requestId: requestId ?? state.requestId, error };
}

/** Returns the request id that Groq sends in its first chunk. */
function requestIdIn(chunk: ChatCompletionChunk & { readonly x_groq?: unknown }): string | null {
  const { id } = (chunk.x_groq ?? {}) as { readonly id?: unknown };
  return typeof id === 'string' ? id : null;
}
