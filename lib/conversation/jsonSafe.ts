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
export const requestError = (cause: unknown): RequestError => new RequestError(messageOf(cause), { cause });

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
  const { progress, result } = call;
  const input = safeInput(call.input);
  if (Object.is(input, call.input) && [progress, result].every(hasJson)) return call;
  return { ...call, input, progress: safeValue(progress), result: result && map(safeValue)(result) };
});

/** Checks an object once: a call has the same input for each value of progress, which may be an object that the tool changes. */
const safeInput = (input: unknown): unknown => (isObject(input) ? safeObject(input) : safeValue(input));

function safeValue(value: unknown): unknown {
  if (hasJson(value)) return value;
  return typeof value === 'bigint' ? String(value) : Object.prototype.toString.call(value);
}

const safeObject = oncePer<object, unknown>(safeValue);

/** Whether a value has JSON. Texts are not written: those of a state that grows would take quadratic time. */
const hasJson = (value: unknown): boolean =>
  attempt(() => [JSON.stringify(value, withoutText)]) !== undefined;

const withoutText = (_: string, value: unknown): unknown => (typeof value === 'string' ? '' : value);
