import { isRight } from 'fp-ts/Either';
import { defer, type Observable } from 'rxjs';
import type { ChunkError, PlannedRetry } from 'rxjs-chat-completions';
import type { RunCall, RunState } from 'rxjs-chat-completions/tools';

import { createAnswerView } from './answerView';
import { describeError } from './describeError';
import type { Screen } from './screen';

/** A run of tools on the screen: an answer for each step, and a line for each call and each result. */
export interface RunView {
  /** Writes what the run has gained. */
  render(state: RunState): void;
  /** Reports a chunk that could not be read, when the answer of the current step has ended. */
  skipped(error: ChunkError): void;
  /** Reports that the request of the current step will be sent again. */
  retrying(planned: PlannedRetry): void;
  /** Shows a spinner while it is subscribed to. Never completes. */
  readonly spinner$: Observable<never>;
}

export function createRunView(screen: Screen, showReasoning: boolean): RunView {
  let view = createAnswerView(screen, showReasoning);
  let step = 0;
  /** Whether the answer of the current step has ended. */
  let hasEnded = false;
  /** The calls that have been printed, and those whose results have been. */
  const begun = new Set<string>();
  const ended = new Set<string>();

  const printCall = (call: RunCall): void => {
    if (call.status === 'running' && isNew(begun, call.id)) screen.info(`→ ${describeCall(call)}`);
    if (call.result !== null && isNew(ended, call.id)) screen.info(describeResult(call));
  };

  return {
    render({ status, error, steps }) {
      const last = steps.at(-1);
      if (last !== undefined && last.step !== step) {
        if (step > 0) view = createAnswerView(screen, showReasoning);
        step = last.step;
        hasEnded = false;
      }
      const { content = '', reasoning = '', message = null, calls = [] } = last ?? {};
      if (!hasEnded) {
        hasEnded = message !== null;
        const refusal = message?.refusal ?? '';
        view.render({
          status: hasEnded ? 'done' : status,
          content,
          reasoning,
          refusal,
          error: hasEnded ? null : error,
        });
      }
      calls.forEach(printCall);
      if (message === null) return;
      // The answer had ended, and the run ended while its tools ran.
      if (status === 'stopped') screen.info('[stopped]');
      if (error !== null) screen.error(describeError(error));
    },
    skipped: (error) => view.skipped(error),
    retrying: (planned) => view.retrying(planned),
    spinner$: defer(() => view.spinner$),
  };
}

/** Adds an id to a set, and returns whether the set lacked it. */
const isNew = (ids: Set<string>, id: string): boolean => !ids.has(id) && ids.add(id).has(id);

/** Describes a call on one line: `calculator 2 * 3` */
export function describeCall({ name, input }: Pick<RunCall, 'name' | 'input'>): string {
  return [name, ...Object.values(Object(input ?? {}) as object).map(textOf)].join(' ').replace(/\s+/g, ' ');
}

/** An argument is JSON, which may be an object with a `toString` of its own. */
const textOf = (argument: unknown): string =>
  typeof argument === 'string' ? argument : JSON.stringify(argument);

function describeResult({ name, result }: RunCall): string {
  if (result === null) return '';
  return isRight(result) ? `← ${name} ${String(result.right)}` : `✗ ${name}: ${describeError(result.left)}`;
}
