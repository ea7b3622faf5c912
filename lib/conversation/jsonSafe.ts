import { map } from 'fp-ts/Either';

import { messageOf, RequestError } from '../errors';
import type { RunCall, RunState, RunStep } from '../tools/RunState';

/**
 * Returns a run that `JSON.stringify` can write.
 *
 * The values of a tool and of its codec may be such that it throws: a `bigint`, an object with a cycle. They are replaced by their
 * text. An error of JavaScript, whose JSON is `{}`, becomes the `cause` of a {@link RequestError}, as in `toChatState`. Parts
 * without such a value stay the same objects.
 */
export function jsonSafe(run: RunState): RunState {
  const steps = run.steps.map(safeStep);
  const error = run.error === null || 'toJSON' in run.error ? run.error : requestError(run.error);
  const isUnchanged = error === run.error && steps.every((step, place) => step === run.steps[place]);
  return isUnchanged ? run : { ...run, steps, error };
}

/** Returns an error with a JSON form. */
export const requestError = (cause: unknown): RequestError => new RequestError(messageOf(cause), cause);

function safeStep(step: RunStep): RunStep {
  const calls = step.calls.map(safeCall);
  return calls.every((call, place) => call === step.calls[place]) ? step : { ...step, calls };
}

/** The calls that have been checked. A run is checked at each event, and most of its calls do not change. */
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

const safeValue = (value: unknown): unknown =>
  isSafe(value) ? value : typeof value === 'bigint' ? String(value) : Object.prototype.toString.call(value);
