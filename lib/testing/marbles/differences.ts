/** One place where a value is not as expected. */
export interface Difference {
  /** The way to it from the top: `.choices[0].delta.content`; empty at the top itself. */
  readonly path: string;
  readonly came: unknown;
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
export function differences(came: unknown, expected: unknown): readonly Difference[] {
  return [...compared(came, expected, '', new Map())];
}

type Seen = Map<unknown, Set<unknown>>;

function* compared(came: unknown, expected: unknown, path: string, seen: Seen): Generator<Difference, void> {
  if (Object.is(came, expected)) return;
  const pairs = insides(came, expected);
  if (pairs === undefined) yield { path, came, expected };
  else if (!isBefore(seen, came, expected)) {
    for (const [step, part, expectedPart] of pairs) yield* compared(part, expectedPart, path + step, seen);
  }
}

type Pair = readonly [step: string, came: unknown, expected: unknown];

/** What is left to compare inside two values; `undefined` where they differ as wholes. */
function insides(came: unknown, expected: unknown): readonly Pair[] | undefined {
  if (isMatcher(expected)) return expected.asymmetricMatch(came) ? [] : undefined;
  if (!isObject(came) || !isObject(expected)) return undefined;
  if (isError(came) && !isError(expected) && '_tag' in expected) {
    return fields(came, expected, keysOf(expected));
  }
  if (kindOf(came) !== kindOf(expected)) return undefined;
  if (isError(came) && isError(expected)) {
    if (classOf(came) !== classOf(expected)) return undefined;
    const told = [...keysOf(came), ...keysOf(expected)].filter((key) => key !== 'stack' && key !== 'cause');
    return fields(came, expected, ['name', 'message', ...told]);
  }
  if (came instanceof Date) return [['', came.getTime(), (expected as Date).getTime()]];
  if (came instanceof RegExp) return fields(came, expected, ['source', 'flags']);
  if (came instanceof Uint8Array) return bytes(came, expected as Uint8Array);
  if (came instanceof Map || came instanceof Set) return [['', [...came], [...(expected as typeof came)]]];
  if (typeof came === 'function' || came instanceof Promise) return undefined;
  const lengths: readonly Pair[] = Array.isArray(came)
    ? [['.length', came.length, (expected as readonly unknown[]).length]]
    : [];
  return [...lengths, ...fields(came, expected, [...keysOf(came), ...keysOf(expected)])];
}

const fields = (came: object, expected: object, keys: readonly PropertyKey[]): readonly Pair[] =>
  [...new Set(keys)].map((key) => [stepOf(key), Reflect.get(came, key), Reflect.get(expected, key)]);

/** Bytes differ in one place, the first; what is there is told as text, if that tells it. */
function bytes(came: Uint8Array, expected: Uint8Array): readonly Pair[] {
  const length = Math.max(came.length, expected.length);
  const at = Array.from({ length }, (_, index) => index).find((index) => came[index] !== expected[index]);
  if (at === undefined) return [];
  const excerpt = (of: Uint8Array): string =>
    new TextDecoder().decode(of.slice(Math.max(0, at - 20), at + 20));
  const step = ` byte ${at}`;
  return excerpt(came) === excerpt(expected)
    ? [[step, came[at], expected[at]]]
    : [[step, excerpt(came), excerpt(expected)]];
}

/** Whether these two are being compared already: a value may contain itself. */
function isBefore(seen: Seen, came: unknown, expected: unknown): boolean {
  const partners = seen.get(came) ?? new Set();
  if (partners.has(expected)) return true;
  seen.set(came, partners.add(expected));
  return false;
}

/** A matcher of a test framework; each calls its method so. */
const isMatcher = (value: unknown): value is { readonly asymmetricMatch: (came: unknown) => boolean } =>
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
