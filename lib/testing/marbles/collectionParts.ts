import { attempt } from '../../codec/attempt';
import type { Part } from './Part';

/** Compares parts of two values that have no fixed place. */
export type IsEqual = (actual: unknown, expected: unknown) => boolean;

/** Compares the entries of maps and sets in any order, and those of `Headers` and the like in their order. */
export function collectionParts(
  actual: object,
  expected: object,
  tag: string,
  isEqual: IsEqual,
): readonly Part[] {
  if (isMap(actual) && isMap(expected)) {
    const shared = new Set([...actual.keys()].filter((key) => expected.has(key)));
    const others = [actual, expected].map((map) => [...map].filter(([key]) => !shared.has(key)));
    return [
      ...[...shared].map((key): Part => [`[${String(key)}]`, actual.get(key), expected.get(key)]),
      ...unmatchedParts(others[0] ?? [], others[1] ?? [], isEqual),
    ];
  }
  if (isSet(actual) && isSet(expected)) {
    const missing = [...expected].filter((item) => !actual.has(item));
    const extra = [...actual].filter((item) => !expected.has(item));
    return unmatchedParts(extra, missing, isEqual);
  }
  return WEB_COLLECTIONS.has(tag) ? [['', entriesOf(actual), entriesOf(expected)]] : [];
}

/** Collections of the Web whose entries are private. */
const WEB_COLLECTIONS = new Set(['[object Headers]', '[object URLSearchParams]', '[object FormData]']);

const entriesOf = (value: object): readonly unknown[] | undefined =>
  Symbol.iterator in value ? [...(value as Iterable<unknown>)] : undefined;

/** Pairs equal items and returns the others as lists. */
function unmatchedParts(
  actual: readonly unknown[],
  expected: readonly unknown[],
  isEqual: IsEqual,
): readonly Part[] {
  const missing = [...expected];
  const extra = actual.filter((item) => {
    const index = missing.findIndex((each) => isEqual(item, each));
    if (index !== -1) missing.splice(index, 1);
    return index === -1;
  });
  return extra.length + missing.length > 0 ? [[' entries', extra, missing]] : [];
}

/** Whether a value is a map of any realm: `structuredClone` in Jest returns one of Node's. */
export const isMap = (value: object): value is Map<unknown, unknown> => hasSlotOf(Map.prototype, value);

/** Whether a value is a set of any realm. */
export const isSet = (value: object): value is Set<unknown> => hasSlotOf(Set.prototype, value);

/** Whether the getter `size` of a class accepts a value. Its tag may be wrong. */
const hasSlotOf = (prototype: Map<unknown, unknown> | Set<unknown>, value: object): boolean =>
  'size' in value &&
  attempt((): unknown => Object.getOwnPropertyDescriptor(prototype, 'size')?.get?.call(value)) !== undefined;
