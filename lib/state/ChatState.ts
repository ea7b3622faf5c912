import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import { isRestart, markOf } from '../codec/mark';
import type { Usage } from '../codec/Usage';
import type { ChoiceOptions } from '../fold/choices';
import { finishReasonOf, refusalOf, usageOf } from '../fold/completion';
import { addContent } from '../fold/content';
import { readField, withFields } from '../fold/fields';
import { addReasoning } from '../fold/reasoning';
import { addToolCalls, noToolCalls, type AccumulatedToolCall, type ToolCallsState } from '../fold/toolCalls';

/**
 * Status of an answer.
 *
 * `waiting` until the first chunk, then `streaming`; at the end `done` when the model ended it, `stopped` when the stream
 * was cut short on purpose, or `failed`.
 */
export type ChatStatus = 'waiting' | 'streaming' | 'done' | 'stopped' | 'failed';

/** One answer as a screen renders it: plain data, complete at every moment, never mutated. */
export interface ChatState {
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
  /** Error of a `failed` answer, else `null`. */
  readonly error: Error | null;
}

/** The state, and the data that the fold needs beside it. */
export interface ChatProgress {
  readonly state: ChatState;
  readonly toolCalls: ToolCallsState;
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
    error: null,
  },
  toolCalls: noToolCalls,
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
  return {
    state: withFields(state, {
      status: 'streaming',
      content: addContent(state.content, chunk, options),
      reasoning: addReasoning(state.reasoning, chunk, options),
      refusal: state.refusal + refusalOf(chunk, options),
      toolCalls: readField(toolCalls, 'calls'),
      finishReason: finishReasonOf(chunk, options) ?? state.finishReason,
      usage: usageOf(chunk) ?? state.usage,
    }),
    toolCalls,
    endedWithoutReason: progress.endedWithoutReason || markOf(chunk)?.kind === 'ended-without-reason',
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
export function failState({ state }: ChatProgress, error: Error): ChatState {
  return { ...state, status: 'failed', error };
}
