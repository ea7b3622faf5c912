import { map } from 'fp-ts/Either';

import { attempt } from '../codec/attempt';
import { messageOf, RequestError } from '../errors';
import { readField } from '../fold/fields';
import { isObject } from '../fold/join';
import { changedItems, type List } from '../fold/LongList';
import { oncePer } from '../schema/oncePer';
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

/** Checks a call once. One that was replaced is another than that of the run at the next event. */
const safeCall = oncePer((call: RunCall): RunCall => {
  const { input, progress, result } = call;
  if ([input, progress, result].every(isSafe)) return call;
  return {
    ...call,
    input: safeValue(input),
    progress: safeValue(progress),
    result: result && map(safeValue)(result),
  };
});

const isSafe = (value: unknown): boolean => Object.is(safeValue(value), value);

function safeValue(value: unknown): unknown {
  if (isObject(value)) return safeObject(value);
  return typeof value === 'bigint' ? String(value) : value;
}

/** Returns an object that has JSON, or its name. Texts are not written: those of a state that grows would take quadratic time. */
const safeObject = oncePer((value: object): unknown =>
  attempt(() => [JSON.stringify(value, withoutText)]) === undefined
    ? Object.prototype.toString.call(value)
    : value,
);

const withoutText = (_: string, value: unknown): unknown => (typeof value === 'string' ? '' : value);
