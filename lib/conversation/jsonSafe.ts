import { map } from 'fp-ts/Either';

import { messageOf, RequestError } from '../errors';
import { readField } from '../fold/fields';
import { changedItems, type List } from '../fold/LongList';
import type { RunCall, RunState, RunStep } from '../tools/RunState';

/**
 * Returns a run that `JSON.stringify` can write.
 *
 * The values of a tool and of its codec may be such that it throws: a `bigint`, an object with a cycle. They are replaced by their
 * text. An error of JavaScript, whose JSON is `{}`, becomes the `cause` of a {@link RequestError}, as in `toChatState`. Parts
 * without such a value stay the same objects.
 *
 * @param before - The run at the event before. Its calls are not checked again.
 */
export function jsonSafe(run: RunState, before: RunState): RunState {
  const steps = run.steps.map((step, place) => safeStep(step, before.steps[place]));
  const error = run.error === null || 'toJSON' in run.error ? run.error : requestError(run.error);
  const isUnchanged = error === run.error && steps.every((step, place) => step === run.steps[place]);
  return isUnchanged ? run : { ...run, steps, error };
}

/** Returns an error with a JSON form. */
export const requestError = (cause: unknown): RequestError => new RequestError(messageOf(cause), cause);

function safeStep(step: RunStep, before: RunStep | undefined): RunStep {
  if (step === before) return step;
  const changed = changedItems(before === undefined ? [] : callsOf(before), callsOf(step));
  return changed.every(([, call]) => safeCall(call) === call)
    ? step
    : { ...step, calls: step.calls.map(safeCall) };
}

const callsOf = (step: RunStep): List<RunCall> => readField(step, 'calls') as List<RunCall>;

/** The calls that have been checked. One that was replaced is another than that of the run at the next event. */
const checked = new WeakMap<RunCall, RunCall>();

function safeCall(call: RunCall): RunCall {
  const known = checked.get(call);
  if (known !== undefined) return known;
  const { input, progress, result } = call;
  const safe = [input, progress, result].every(isSafe)
    ? call
    : {
        ...call,
        input: safeValue(input),
        progress: safeValue(progress),
        result: result && map(safeValue)(result),
      };
  checked.set(call, safe);
  return safe;
}

function isSafe(value: unknown): boolean {
  try {
    JSON.stringify(value);
    return true;
  } catch {
    return false;
  }
}

function safeValue(value: unknown): unknown {
  if (isSafe(value)) return value;
  return typeof value === 'bigint' ? String(value) : Object.prototype.toString.call(value);
}
