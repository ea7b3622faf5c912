import type { Draft } from './Draft';
import { isSameJson } from './isSameJson';

/**
 * A function that joins a delta of a field to the value before it.
 *
 * Receives `undefined` for a missing value, and returns `before` itself if the delta adds nothing. An object or list is changed
 * only as a copy of the draft.
 */
export type Rule = (before: unknown, delta: unknown, draft: Draft) => unknown;

/** The rules by field name. */
export type Rules = ReadonlyMap<string, Rule>;

/** Keeps the latest value that is not `null`. */
export const latest = (before: unknown, delta: unknown): unknown => delta ?? before ?? delta;

/** Keeps the first value that is not `null`, `''` or 0. */
export const firstNonEmpty: Rule = (before, delta) => before || delta || (before ?? delta);

/** Appends text to text. */
export const append: Rule = (before, delta) =>
  typeof before === 'string' && typeof delta === 'string' ? before + delta : latest(before, delta);

/** Appends a list to a list. */
export const concat: Rule = (before, delta, draft) => {
  if (!Array.isArray(before) || !Array.isArray(delta)) return latest(before, delta);
  if (delta.length === 0) return before as unknown;
  const list = draft.list<unknown>(before);
  // Not one `push`: an argument list has a limit.
  for (const item of delta as unknown[]) list.push(item);
  return list;
};

/**
 * Appends a list to a list, unless it repeats it.
 *
 * Perplexity sends all citations again in each chunk, others send each one once. A list that begins with the list before it
 * replaces it. Lists of numbers, such as token ids, are always appended.
 */
export const concatUnlessRepeated: Rule = (before, delta, draft) =>
  Array.isArray(before) && Array.isArray(delta) && repeats(before, delta)
    ? delta.length === before.length
      ? (before as unknown)
      : (delta as unknown)
    : concat(before, delta, draft);

const repeats = (before: readonly unknown[], delta: readonly unknown[]): boolean =>
  before.length > 0 &&
  before.length <= delta.length &&
  before.every((item, place) => typeof item !== 'number' && isSameJson(item, delta[place]));

/** Leaves out a field that belongs to the stream alone. */
export const omit: Rule = (before) => before;

/** The most fields of an object: a copy for each chunk has to have a bounded cost. */
export const MAX_FIELDS = 256;

/**
 * Joins each field of a delta to the value before it, by the rule for that field.
 *
 * Copies the value at the first change. Fields that do not change stay the same objects. Unknown fields beyond
 * {@link MAX_FIELDS} are left out.
 *
 * @param otherwise - The rule for other fields.
 * @returns `value` itself if the delta adds nothing.
 */
export function join<W extends object>(
  value: W,
  delta: object,
  rules: Rules,
  draft: Draft,
  otherwise: Rule = latest,
): W {
  const had = value as Fields;
  let next: Record<string, unknown> | undefined = draft.has(value) ? draft.object(value) : undefined;
  let fields: number | undefined;
  // Parsed JSON inherits nothing, and `in` makes no list of names.
  for (const name in delta) {
    // An assignment would set the prototype of the copy.
    if (name === '__proto__') continue;
    const found = (next ?? had)[name];
    // JSON has no functions: this one is inherited, as `toString` is.
    const before = typeof found === 'function' ? undefined : found;
    const rule = rules.get(name);
    const after = (rule ?? otherwise)(before, (delta as Fields)[name], draft);
    if (after === before) continue;
    if (rule === undefined && before === undefined) {
      fields ??= Object.keys(next ?? had).length;
      if (fields >= MAX_FIELDS) continue;
      fields += 1;
    }
    next ??= draft.object(value);
    next[name] = after;
  }
  return next === undefined ? value : (next as W);
}

type Fields = Readonly<Record<string, unknown>>;

/** Whether a value has fields; true for lists as well. */
export const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
