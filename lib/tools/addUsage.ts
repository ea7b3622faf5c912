import type { Usage } from '../codec/Usage';
import { isReported } from '../fold/completion';
import { isObject } from '../fold/join';
import type { ToolStep } from './events';

/** Adds the tokens of one step, field by field, including details and fields that only some servers send. */
export const addUsage = (sum: Usage | null, usage: Usage | null | undefined): Usage | null => {
  if (!isReported(usage)) return sum;
  return sum === null ? usage : addFields(sum, usage);
};

/** Returns the tokens of steps, summed; `null` if the server reported none. */
export const usageOf = (steps: readonly ToolStep[]): Usage | null =>
  steps.reduce<Usage | null>((sum, { completion }) => addUsage(sum, completion.usage), null);

type Fields = Readonly<Record<string, unknown>>;

function addFields(sum: object, more: object): object {
  const before = sum as Fields;
  const names = new Set([...Object.keys(sum), ...Object.keys(more)]);
  return Object.fromEntries([...names].map((name) => [name, add(before[name], (more as Fields)[name])]));
}

function add(before: unknown, value: unknown): unknown {
  if (typeof before === 'number' && typeof value === 'number') return before + value;
  return isObject(before) && isObject(value) ? addFields(before, value) : (value ?? before);
}
