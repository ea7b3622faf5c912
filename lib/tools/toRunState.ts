import { catchError, concat, defer, map, of, startWith, type OperatorFunction } from 'rxjs';

import { isError, messageOf } from '../errors';
import type { ToolEvent } from './events';
import { addToolEvent } from './addToolEvent';
import { endRun, failRun, type UnansweredPolicy } from './endRun';
import { emptyRun, type RunState } from './RunState';
import type { AnyTool } from './tool';

/** Options for {@link toRunState}. */
export interface RunStateOptions {
  /**
   * Treatment of a step that is stopped before all its calls have results: the conversation has a reply for them, that they were
   * not run or may have run (`'report'`, the default), or leaves the step out (`'drop'`).
   */
  readonly unanswered?: UnansweredPolicy;
}

/**
 * Folds the events of a run to the state that a screen renders. Never errors, so a template needs no `catchError`.
 *
 * Starts with `waiting` at subscription. Text and calls survive every end: a failure becomes a last state `failed` that still
 * contains them, and `takeUntil(stop$)` placed above results in `stopped`. You can send its `messages` again in every case.
 *
 * ```text
 * source:       --s-c-#      s = step-start, c = chunk with 'Hel', # = TruncatedError
 * toRunState(): w-x-y-(z|)   w = waiting, x, y = streaming, z = failed, its content 'Hel'
 * ```
 *
 * @param options - `unanswered`: the treatment of calls without a result.
 * @returns An operator that emits at subscription, at every event, and at the end of a run that is not `done`; then completes.
 *
 * @example
 * ```ts
 * import { Subject, takeUntil } from 'rxjs';
 * import * as t from 'io-ts';
 * import { chatCompletion$, perFrame } from 'rxjs-chat-completions';
 * import { runTools$, tool, toRunState } from 'rxjs-chat-completions/tools';
 *
 * const time = tool({ name: 'time', input: t.type({}), run: () => new Date().toISOString() });
 * const request = { model: 'llama3.2', messages: [{ role: 'user', content: 'What time is it?' }] } as const;
 * const stop$ = new Subject<void>();
 * runTools$((r) => chatCompletion$({}, r), request, [time])
 *   .pipe(takeUntil(stop$), toRunState(), perFrame())
 *   .subscribe(({ status, content, steps }) => console.log(status, content, steps));
 * ```
 */
export function toRunState<T extends AnyTool>({
  unanswered = 'report',
}: RunStateOptions = {}): OperatorFunction<ToolEvent<T>, RunState<T>> {
  return (event$) =>
    defer(() => {
      let state: RunState<T> = emptyRun;
      return concat(
        event$.pipe(map((event) => (state = addToolEvent(state, event)))),
        defer(() => [endRun(state, unanswered)].filter((end) => end !== state)),
      ).pipe(
        startWith<RunState<T>>(state),
        catchError((error: unknown) => of(failRun(state, toError(error), unanswered))),
      );
    });
}

const toError = (error: unknown): Error =>
  isError(error) ? error : new Error(messageOf(error), { cause: error });
