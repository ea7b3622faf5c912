import type { Observable, ObservableInput } from 'rxjs';

import type { ChatMetrics } from '../operators/tapMetrics';
import type { Message } from '../request/Message';
import type { RunState } from '../tools/RunState';
import type { Verdict } from '../tools/RunToolsOptions';

/**
 * A function that requests an answer to messages.
 *
 * It returns the states of a run, also without tools: `runTools$(send, { model, messages }, []).pipe(takeUntil(stop$), toRunState())`.
 *
 * @param messages - The branch, well formed.
 * @param stop$ - Emits when the answer is to end and keep what was received: for `takeUntil(stop$)` above `toRunState()`.
 * @param approve - The `approve` of `runTools$`: waits for the command that allows or denies a call.
 * @param report - The `report` of `tapMetrics`, for the metrics of the turn.
 * @returns The run. Its last `messages` are the given ones, or some of them, and then its own.
 */
export type AnswerFunction = (
  messages: readonly Message[],
  stop$: Observable<void>,
  approve: (call: { readonly id: string }) => Observable<Verdict>,
  report: (metrics: ChatMetrics) => void,
) => ObservableInput<RunState>;
