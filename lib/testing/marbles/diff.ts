import { isError } from './isError';

/** A place where a received value differs from the expected one. */
export interface Difference {
  /** Path from the top, such as `.choices[0].delta.content`. Empty at the top itself. */
  readonly path: string;
  readonly actual: unknown;
  readonly expected: unknown;
}

/**
 * Returns the places where a value differs from the expected one. Returns none when the two are equal.
 *
 * Values are compared by content, not by identity, and a field that is `undefined` counts as missing. Errors are compared by
 * their tag or class, name, message and fields, but not by stack and cause. An expected plain object with a `_tag` matches any
 * error with that tag and at least these fields. Matchers of Jest, Vitest and Jasmine (`expect.any(Number)`) work as
 * expected values.
 */
export function diff(actual: unknown, expected: unknown): readonly Difference[] {
  return [...differences(actual, expected, '', new Map())];
}

type Seen = Map<unknown, Set<unknown>>;

function* differences(
  actual: unknown,
  expected: unknown,
  path: string,
  seen: Seen,
): Generator<Difference, void> {
  if (Object.is(actual, expected)) return;
  const pairs = partsOf(actual, expected);
  if (pairs === undefined) yield { path, actual, expected };
  else if (!isSeen(seen, actual, expected)) {
    for (const [step, part, expectedPart] of pairs) {
      yield* differences(part, expectedPart, path + step, seen);
    }
  }
}

type Pair = readonly [step: string, actual: unknown, expected: unknown];

/** Returns the parts still to compare, or `undefined` where the values themselves differ. */
function partsOf(actual: unknown, expected: unknown): readonly Pair[] | undefined {
  if (isMatcher(expected)) return expected.asymmetricMatch(actual) ? [] : undefined;
  if (!isReference(actual) || !isReference(expected)) return undefined;
  if (isError(actual) && !isError(expected) && '_tag' in expected) {
    return fieldPairs(actual, expected, keysOf(expected));
  }
  if (tagOf(actual) !== tagOf(expected)) return undefined;
  if (isError(actual) && isError(expected)) {
    if (classOf(actual) !== classOf(expected)) return undefined;
    const keys = [...keysOf(actual), ...keysOf(expected)].filter((key) => key !== 'stack' && key !== 'cause');
    return fieldPairs(actual, expected, ['name', 'message', ...keys]);
  }
  if (actual instanceof Date) return [['', actual.getTime(), (expected as Date).getTime()]];
  if (actual instanceof RegExp) return fieldPairs(actual, expected, ['source', 'flags']);
  if (actual instanceof Uint8Array) return bytePairs(actual, expected as Uint8Array);
  if (actual instanceof Map || actual instanceof Set)
    return [['', [...actual], [...(expected as typeof actual)]]];
  if (typeof actual === 'function' || actual instanceof Promise) return undefined;
  const lengths: readonly Pair[] = Array.isArray(actual)
    ? [['.length', actual.length, (expected as readonly unknown[]).length]]
    : [];
  return [...lengths, ...fieldPairs(actual, expected, [...keysOf(actual), ...keysOf(expected)])];
}

const fieldPairs = (actual: object, expected: object, keys: readonly PropertyKey[]): readonly Pair[] =>
  [...new Set(keys)].map((key) => [stepOf(key), Reflect.get(actual, key), Reflect.get(expected, key)]);

/** Returns the first byte that differs, as the text around it if the two texts differ. */
function bytePairs(actual: Uint8Array, expected: Uint8Array): readonly Pair[] {
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

/** Whether this pair is compared already, as a value may contain itself. */
function isSeen(seen: Seen, actual: unknown, expected: unknown): boolean {
  const partners = seen.get(actual) ?? new Set();
  if (partners.has(expected)) return true;
  seen.set(actual, partners.add(expected));
  return false;
}

/** Whether a value is a matcher of a test framework. All of them name this method the same. */
const isMatcher = (value: unknown): value is { readonly asymmetricMatch: (actual: unknown) => boolean } =>
  isReference(value) && 'asymmetricMatch' in value && typeof value.asymmetricMatch === 'function';

const isReference = (value: unknown): value is object =>
  (typeof value === 'object' && value !== null) || typeof value === 'function';

const tagOf = (value: unknown): string => Object.prototype.toString.call(value);

/** The tag of an error, which does not change when classes are renamed or loaded twice. Its class, if it has no tag. */
const classOf = (error: Error): unknown =>
  (error as { readonly _tag?: unknown })._tag ?? error.constructor.name;

const keysOf = (value: object): readonly PropertyKey[] =>
  Reflect.ownKeys(value).filter((key) => Object.prototype.propertyIsEnumerable.call(value, key));

function stepOf(key: PropertyKey): string {
  if (typeof key === 'symbol') return `[${String(key)}]`;
  return /^\d+$/.test(String(key)) ? `[${String(key)}]` : `.${String(key)}`;
}
