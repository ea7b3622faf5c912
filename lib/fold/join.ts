/**
 * A function that joins a delta of a field to the value before it.
 *
 * Receives `undefined` for a missing value, and returns `before` itself if the delta adds nothing.
 */
export type Rule = (before: unknown, delta: unknown) => unknown;

/** The rules by field name. */
export type Rules = ReadonlyMap<string, Rule>;

/** Keeps the latest value that is not `null`. */
export const latest: Rule = (before, delta) => delta ?? before ?? delta;

/** Keeps the first value that is not `null`, `''` or 0. */
export const firstNonEmpty: Rule = (before, delta) => before || delta || (before ?? delta);

/** Keeps the latest value that is not `null`, `''` or 0. */
export const lastNonEmpty: Rule = (before, delta) => delta || (before ?? null);

/** Appends text to text. */
export const append: Rule = (before, delta) =>
  typeof before === 'string' && typeof delta === 'string' ? before + delta : latest(before, delta);

/** Appends a list to a list. */
export const concat: Rule = (before, delta) => {
  if (!Array.isArray(before) || !Array.isArray(delta)) return latest(before, delta);
  return delta.length === 0 ? (before as unknown) : [...(before as unknown[]), ...(delta as unknown[])];
};

/** Leaves out a field that belongs to the stream alone. */
export const omit: Rule = (before) => before;

/**
 * Joins each field of a delta to the value before it, by the rule for that field.
 *
 * Copies the value at the first change. Fields that do not change stay the same objects.
 *
 * @param otherwise - The rule for other fields.
 * @returns `value` itself if the delta adds nothing.
 */
export function join<W extends object>(value: W, delta: object, rules: Rules, otherwise: Rule = latest): W {
  const had = value as Fields;
  let next: Record<string, unknown> | undefined;
  // Parsed JSON inherits nothing, and `in` makes no list of names.
  for (const name in delta) {
    // An assignment would set the prototype of the copy.
    if (name === '__proto__') continue;
    const found = had[name];
    // JSON has no functions: this one is inherited, as `toString` is.
    const before = typeof found === 'function' ? undefined : found;
    const after = (rules.get(name) ?? otherwise)(before, (delta as Fields)[name]);
    if (after === before) continue;
    next ??= { ...had };
    next[name] = after;
  }
  return next === undefined ? value : (next as W);
}

/** Whether a value has fields; true for lists as well. */
export const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

type Fields = Readonly<Record<string, unknown>>;

/** Returns a copy of a list with one item replaced. */
export function replaceAt<T>(list: readonly T[], place: number, item: T): readonly T[] {
  const copy = list.slice();
  copy[place] = item;
  return copy;
}
