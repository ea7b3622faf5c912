/**
 * What becomes of a field when a further piece of it comes.
 *
 * Gets `undefined` for what is not there, and gives back `before` itself when the piece adds nothing.
 */
export type Rule = (before: unknown, piece: unknown) => unknown;

/** A rule for each field that is known. */
export type Rules = ReadonlyMap<string, Rule>;

/** The latest value counts; `null` only where nothing better came. */
export const latest: Rule = (before, piece) => piece ?? before ?? piece;

/** The first value that says something counts: not `null`, `''` or 0. */
export const firstNonEmpty: Rule = (before, piece) => before || piece || (before ?? piece);

/** The latest value that says something counts: `''` is as good as nothing. */
export const lastNonEmpty: Rule = (before, piece) => piece || (before ?? null);

/** Text is appended. */
export const append: Rule = (before, piece) =>
  typeof before === 'string' && typeof piece === 'string' ? before + piece : latest(before, piece);

/** Lists are joined to one. */
export const concat: Rule = (before, piece) => {
  if (!Array.isArray(before) || !Array.isArray(piece)) return latest(before, piece);
  return piece.length === 0 ? (before as unknown) : [...(before as unknown[]), ...(piece as unknown[])];
};

/** The field belongs to the stream and not to the whole. */
export const omit: Rule = (before) => before;

/**
 * A whole with one more piece of it.
 *
 * Every field of the piece is joined by its rule. The whole is copied at the first change and is given back itself
 * when there is none; fields that do not change stay the same values.
 *
 * @param otherwise - The rule for fields that have none.
 */
export function join<W extends object>(whole: W, piece: object, rules: Rules, otherwise: Rule = latest): W {
  const had = whole as Fields;
  let next: Record<string, unknown> | undefined;
  // JSON: there is nothing inherited to come upon, and no list of names to make.
  for (const name in piece) {
    // Assigning to it would set the prototype of the copy.
    if (name === '__proto__') continue;
    const found = had[name];
    // JSON has no functions: one that is found is inherited, as `toString` is.
    const before = typeof found === 'function' ? undefined : found;
    const after = (rules.get(name) ?? otherwise)(before, (piece as Fields)[name]);
    if (after === before) continue;
    next ??= { ...had };
    next[name] = after;
  }
  return next === undefined ? whole : (next as W);
}

type Fields = Readonly<Record<string, unknown>>;

/** A list with another item in one place. */
export function replaceAt<T>(list: readonly T[], place: number, item: T): readonly T[] {
  const copy = list.slice();
  copy[place] = item;
  return copy;
}
