import type { Usage } from '../codec/Usage';
import { Draft } from '../fold/Draft';
import { isObject, join, latest, type Rule, type Rules } from '../fold/join';
import type { ToolStep } from './events';

/** Adds the tokens of one step, field by field, including details and fields that only some servers send. */
export const addUsage = (sum: Usage | null, usage: Usage | null | undefined): Usage | null => {
  if (usage === null || usage === undefined) return sum;
  return sum === null ? usage : join(sum, usage, NO_RULES, new Draft(), sumOf);
};

/** Returns the tokens of steps, summed; `null` if the server reported none. */
export const usageOf = (steps: readonly ToolStep[]): Usage | null =>
  steps.reduce<Usage | null>((sum, { completion }) => addUsage(sum, completion.usage), null);

/** Adds numbers, and the fields of objects; other values are replaced. */
const sumOf: Rule = (before, value, draft) => {
  if (typeof before === 'number' && typeof value === 'number') return before + value;
  return isObject(before) && isObject(value)
    ? join(before, value, NO_RULES, draft, sumOf)
    : latest(before, value);
};

const NO_RULES: Rules = new Map();
