import type { Message } from '../request/Message';
import { usageOf } from './addUsage';
import type { DoneReason, ToolEvent, ToolStep } from './events';
import type { RunToolsOptions } from './RunToolsOptions';
import { messagesOf, openCalls, pendingCalls, type Turn } from './Turn';

/** The progress of a run. */
export interface Run {
  readonly messages: readonly Message[];
  readonly steps: readonly ToolStep[];
}

/** Returns the number of requests so far. */
export const requestsIn = ({ steps }: Run): number => steps.at(-1)?.step ?? 0;

/** Whether a further turn has no tools. */
export const isAtLimit = (run: Run, { maxSteps = 10 }: RunToolsOptions<never>): boolean =>
  requestsIn(run) >= maxSteps;

/** Adds a turn whose calls have ended. */
export const addTurn = ({ messages, steps }: Run, turn: Turn): Run => ({
  messages: [...messages, ...messagesOf(turn)],
  steps: [...steps, stepOf(turn)],
});

const stepOf = ({ step, completion, calls, settled }: Turn): ToolStep => ({
  step,
  completion,
  calls: calls.flatMap(({ id, name, json }) => {
    const result = settled.get(id)?.result;
    return result === undefined ? [] : [{ id, name, arguments: json, result }];
  }),
});

/** Returns the reason why a run ends after a turn; `undefined` if it continues. */
export function endReason(run: Run, turn: Turn, options: RunToolsOptions<never>): DoneReason | undefined {
  if (turn.calls.length === 0) return turn.end;
  if (openCalls(turn).length > 0) return 'suspended';
  if (options.stopWhen?.(run.steps)) return 'stopped';
  return isAtLimit(run, options) && options.atMaxSteps !== 'answer' ? 'max-steps' : undefined;
}

/** Returns the last event of a run. */
export const doneEvent = (run: Run, turn: Turn, reason: DoneReason): ToolEvent => ({
  type: 'done',
  reason,
  steps: requestsIn(run),
  messages: run.messages,
  usage: usageOf(run.steps),
  pending: pendingCalls(turn),
});
