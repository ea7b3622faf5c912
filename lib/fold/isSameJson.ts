/** The deepest nesting that is compared: a server cannot exhaust the stack. */
const MAX_DEPTH = 100;

/** Whether two JSON values are equal; false for values nested too deep to compare. */
export function isSameJson(a: unknown, b: unknown, depth = 0): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (depth === MAX_DEPTH || Array.isArray(a) !== Array.isArray(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every(
      (name) => Object.hasOwn(b, name) && isSameJson((a as Fields)[name], (b as Fields)[name], depth + 1),
    )
  );
}

type Fields = Readonly<Record<string, unknown>>;
