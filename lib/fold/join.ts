import type { Draft } from './Draft';
import { readField, writeField } from './fields';
import { isSameJson } from './isSameJson';
import { LongList, type List } from './LongList';

/**
 * A function that joins a delta of a field to the value before it.
 *
 * Receives `undefined` for a missing value, and returns `before` itself if the delta adds nothing. An object or list is changed
 * only as a copy of the draft. A list before may be a {@link LongList}, those of a delta are arrays.
 */
export type Rule = (before: unknown, delta: unknown, draft: Draft) => unknown;

/** The rules by field name. */
export type Rules = ReadonlyMap<string, Rule>;

/** Keeps the latest value that is not `null`. */
export const latest = (before: unknown, delta: unknown): unknown => delta ?? before ?? delta;

/** Keeps the first value that is not `null`, `''` or 0. */
export const firstNonEmpty: Rule = (before, delta) => before || delta || (before ?? delta);

/** Keeps the latest value that is not `null`, `''` or 0. */
export const latestNonEmpty: Rule = (before, delta) => delta || (before ?? delta);

/** Appends text to text. */
export const append: Rule = (before, delta) =>
  typeof before === 'string' && typeof delta === 'string' ? before + delta : latest(before, delta);

/** Appends a list to a list. */
export const concat: Rule = (before, delta, draft) => {
  if (!isList(before) || !Array.isArray(delta)) return latest(before, delta);
  let list = before;
  for (const item of delta as unknown[]) list = draft.set(list, list.length, item);
  return list;
};

/**
 * Appends a list to a list, unless it repeats it.
 *
 * Perplexity sends all citations again in each chunk, others send each one once. A list that begins with the list before it
 * replaces it. Lists of numbers, such as token ids, are always appended.
 */
export const concatUnlessRepeated: Rule = (before, delta, draft) => {
  if (!isList(before) || !Array.isArray(delta) || !repeats(before, delta))
    return concat(before, delta, draft);
  return delta.length === before.length ? before : (delta as unknown);
};

function repeats(before: List<unknown>, delta: readonly unknown[]): boolean {
  if (before.length === 0 || before.length > delta.length) return false;
  for (let place = 0; place < before.length; place += 1) {
    const item = before.at(place);
    if (typeof item === 'number' || !isSameJson(item, delta[place])) return false;
  }
  return true;
}

const isList = (value: unknown): value is List<unknown> => Array.isArray(value) || value instanceof LongList;

/** Leaves out a field that belongs to the stream alone. */
export const omit: Rule = (before) => before;

/** The most fields of an object: a copy for each chunk has to have a bounded cost. */
const MAX_FIELDS = 256;

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
  let next: Record<string, unknown> | undefined = draft.has(value) ? draft.object(value) : undefined;
  let fields: number | undefined;
  // Parsed JSON inherits nothing, and `in` makes no list of names.
  for (const name in delta) {
    // An assignment would set the prototype of the copy.
    if (name === '__proto__') continue;
    const rule = rules.get(name);
    if (rule === undefined && fields === MAX_FIELDS && !Object.hasOwn(next ?? value, name)) continue;
    const found = readField(next ?? value, name);
    // JSON has no functions: this one is inherited, as `toString` is.
    const before = typeof found === 'function' ? undefined : found;
    const after = (rule ?? otherwise)(before, (delta as Fields)[name], draft);
    if (after === before) continue;
    if (rule === undefined && before === undefined) {
      fields ??= Math.min(MAX_FIELDS, Object.keys(next ?? value).length);
      if (fields === MAX_FIELDS) continue;
      fields += 1;
    }
    next ??= draft.object(value);
    writeField(next, name, after);
  }
  return next === undefined ? value : (next as W);
}

type Fields = Readonly<Record<string, unknown>>;

/** Whether a value has fields; true for lists as well. */
export const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
