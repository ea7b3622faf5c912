import { partsOf } from './partsOf';

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
 * Values are compared by content and class, as Node's `deepStrictEqual` does, with these exceptions. A field that is
 * `undefined` counts as missing. Errors are compared by their tag or class, name, message and fields, but not by stack, and
 * by cause only if both have one. An expected plain object with a `_tag` matches any error with that tag and at least these
 * fields. Matchers of Jest, Vitest and Jasmine (`expect.any(Number)`) work as expected values. A `Buffer` equals a `Uint8Array`
 * with the same bytes. Objects with private fields are also compared by the primitive values of their getters and of `valueOf`.
 */
export function diff(actual: unknown, expected: unknown): readonly Difference[] {
  return [...differences(actual, expected, '', new Map())];
}

type Seen = Map<unknown, Set<unknown>>;

/** Whether a value equals the expected one as {@link diff} compares them. */
export const isEqual = (actual: unknown, expected: unknown, seen: Seen = new Map()): boolean =>
  differences(actual, expected, '', seen).next().done === true;

function* differences(
  actual: unknown,
  expected: unknown,
  path: string,
  seen: Seen,
): Generator<Difference, void> {
  if (Object.is(actual, expected)) return;
  // Before the parts: items of a set are compared for them, and the set may be one.
  const isKnown = isSeen(seen, actual, expected);
  const isEqualItem = (item: unknown, other: unknown): boolean =>
    isEqual(item, other, new Map([...seen].map(([key, partners]) => [key, new Set(partners)])));
  const parts = isKnown ? [] : partsOf(actual, expected, isEqualItem);
  if (parts === undefined) yield { path, actual, expected };
  else {
    for (const [step, part, expectedPart] of parts) {
      yield* differences(part, expectedPart, path + step, seen);
    }
  }
}

/** Whether this pair is compared already, as a value may contain itself. */
function isSeen(seen: Seen, actual: unknown, expected: unknown): boolean {
  if (typeof actual !== 'object' || actual === null || typeof expected !== 'object') return false;
  const partners = seen.get(actual) ?? new Set();
  if (partners.has(expected)) return true;
  seen.set(actual, partners.add(expected));
  return false;
}
