/** One place where a value is not as expected. */
export interface Difference {
  /** The way to it from the top: `.choices[0].delta.content`; empty at the top itself. */
  readonly path: string;
  readonly actual: unknown;
  readonly expected: unknown;
}

/**
 * Where a value is not as expected; nowhere when the two are equal.
 *
 * Values count, not identity, and a field that is `undefined` counts as missing. Errors are compared by their tag or
 * class, name, message and fields, but not by stack and cause. An expected plain object with a `_tag` stands for any error
 * of that tag with at least these fields. Matchers of Jest, Vitest and Jasmine (`expect.any(Number)`) work as expected
 * values.
 */
export function diff(actual: unknown, expected: unknown): readonly Difference[] {
  return [...compared(actual, expected, '', new Map())];
}

type Seen = Map<unknown, Set<unknown>>;

function* compared(
  actual: unknown,
  expected: unknown,
  path: string,
  seen: Seen,
): Generator<Difference, void> {
  if (Object.is(actual, expected)) return;
  const pairs = insides(actual, expected);
  if (pairs === undefined) yield { path, actual: actual, expected };
  else if (!isBefore(seen, actual, expected)) {
    for (const [step, part, expectedPart] of pairs) yield* compared(part, expectedPart, path + step, seen);
  }
}

type Pair = readonly [step: string, came: unknown, expected: unknown];

/** What is left to compare inside two values; `undefined` where they differ as wholes. */
function insides(actual: unknown, expected: unknown): readonly Pair[] | undefined {
  if (isMatcher(expected)) return expected.asymmetricMatch(actual) ? [] : undefined;
  if (!isObject(actual) || !isObject(expected)) return undefined;
  if (isError(actual) && !isError(expected) && '_tag' in expected) {
    return fields(actual, expected, keysOf(expected));
  }
  if (kindOf(actual) !== kindOf(expected)) return undefined;
  if (isError(actual) && isError(expected)) {
    if (classOf(actual) !== classOf(expected)) return undefined;
    const told = [...keysOf(actual), ...keysOf(expected)].filter((key) => key !== 'stack' && key !== 'cause');
    return fields(actual, expected, ['name', 'message', ...told]);
  }
  if (actual instanceof Date) return [['', actual.getTime(), (expected as Date).getTime()]];
  if (actual instanceof RegExp) return fields(actual, expected, ['source', 'flags']);
  if (actual instanceof Uint8Array) return bytes(actual, expected as Uint8Array);
  if (actual instanceof Map || actual instanceof Set)
    return [['', [...actual], [...(expected as typeof actual)]]];
  if (typeof actual === 'function' || actual instanceof Promise) return undefined;
  const lengths: readonly Pair[] = Array.isArray(actual)
    ? [['.length', actual.length, (expected as readonly unknown[]).length]]
    : [];
  return [...lengths, ...fields(actual, expected, [...keysOf(actual), ...keysOf(expected)])];
}

const fields = (actual: object, expected: object, keys: readonly PropertyKey[]): readonly Pair[] =>
  [...new Set(keys)].map((key) => [stepOf(key), Reflect.get(actual, key), Reflect.get(expected, key)]);

/** Bytes differ in one place, the first; what is there is told as text, if that tells it. */
function bytes(actual: Uint8Array, expected: Uint8Array): readonly Pair[] {
  const length = Math.max(actual.length, expected.length);
  const at = Array.from({ length }, (_, index) => index).find((index) => actual[index] !== expected[index]);
  if (at === undefined) return [];
  const excerpt = (of: Uint8Array): string =>
    new TextDecoder().decode(of.slice(Math.max(0, at - 20), at + 20));
  const step = ` byte ${at}`;
  return excerpt(actual) === excerpt(expected)
    ? [[step, actual[at], expected[at]]]
    : [[step, excerpt(actual), excerpt(expected)]];
}

/** Whether these two are being compared already: a value may contain itself. */
function isBefore(seen: Seen, actual: unknown, expected: unknown): boolean {
  const partners = seen.get(actual) ?? new Set();
  if (partners.has(expected)) return true;
  seen.set(actual, partners.add(expected));
  return false;
}

/** A matcher of a test framework; each calls its method so. */
const isMatcher = (value: unknown): value is { readonly asymmetricMatch: (actual: unknown) => boolean } =>
  isObject(value) && 'asymmetricMatch' in value && typeof value.asymmetricMatch === 'function';

const isObject = (value: unknown): value is object =>
  (typeof value === 'object' && value !== null) || typeof value === 'function';

/** Not asked by class alone: Jest's errors come from another realm, and so do an abort's (a `DOMException`). */
export const isError = (value: unknown): value is Error =>
  ['[object Error]', '[object DOMException]'].includes(kindOf(value)) || value instanceof Error;

const kindOf = (value: unknown): string => Object.prototype.toString.call(value);

/** What says which error it is: its tag, which stays when classes are renamed or loaded twice, or else its class. */
const classOf = (error: Error): unknown =>
  (error as { readonly _tag?: unknown })._tag ?? error.constructor.name;

const keysOf = (value: object): readonly PropertyKey[] =>
  Reflect.ownKeys(value).filter((key) => Object.prototype.propertyIsEnumerable.call(value, key));

function stepOf(key: PropertyKey): string {
  if (typeof key === 'symbol') return `[${String(key)}]`;
  return /^\d+$/.test(String(key)) ? `[${String(key)}]` : `.${String(key)}`;
}
