import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import { markOf } from '../codec/mark';
import type { Usage } from '../codec/Usage';
import type { ChoiceOptions } from '../fold/choices';
import { finishReasonOf, refusalOf, usageOf } from '../fold/completion';
import { addContent } from '../fold/content';
import { readField, withFields } from '../fold/fields';
import { addReasoning } from '../fold/reasoning';
import { addToolCalls, noToolCalls, type AccumulatedToolCall, type ToolCallsState } from '../fold/toolCalls';

/**
 * Where an answer stands.
 *
 * `waiting` until the first chunk, `streaming` until it ends; then `done` when the model ended it, `stopped` when somebody
 * let go of it first, or `failed`.
 */
export type ChatStatus = 'waiting' | 'streaming' | 'done' | 'stopped' | 'failed';

/** One answer as a screen draws it: plain data, whole at every moment, never mutated. */
export interface ChatState {
  readonly status: ChatStatus;
  /** The text so far; still there when the answer was stopped or failed. */
  readonly content: string;
  /** The model's thinking so far. */
  readonly reasoning: string;
  /** What the model said instead of answering. */
  readonly refusal: string;
  readonly toolCalls: readonly AccumulatedToolCall[];
  /** Why the model ended: `stop`, `length`, `tool_calls`, …; `null` before that, and from servers that never say. */
  readonly finishReason: string | null;
  /** Tokens the call has cost, once the server said so. */
  readonly usage: Usage | null;
  /** What went wrong, when `failed`. */
  readonly error: Error | null;
}

/** The state together with what folding it needs to remember. */
export interface ChatProgress {
  readonly state: ChatState;
  readonly toolCalls: ToolCallsState;
  /** The server said that the answer is complete, though not why. */
  readonly endedWithoutReason: boolean;
}

/** Before the first chunk. */
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

/** The progress after one more chunk, for one choice. */
export function addToState(
  progress: ChatProgress,
  chunk: ChatCompletionChunk,
  options?: ChoiceOptions,
): ChatProgress {
  const mark = markOf(chunk);
  if (mark?.kind === 'restarted') return waiting;
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
    endedWithoutReason: progress.endedWithoutReason || mark?.kind === 'ended-without-reason',
  };
}

/**
 * The state when the stream has completed.
 *
 * A stream that was cut short on purpose (`takeUntil(stop$)` above the fold) completes too, but without the model having
 * ended: that is `stopped`.
 */
export function endState({ state, endedWithoutReason }: ChatProgress): ChatState {
  const done = state.finishReason !== null || endedWithoutReason;
  return { ...state, status: done ? 'done' : 'stopped' };
}

/** The state when the stream has failed; what came before stays. */
export function failState({ state }: ChatProgress, error: Error): ChatState {
  return { ...state, status: 'failed', error };
}
