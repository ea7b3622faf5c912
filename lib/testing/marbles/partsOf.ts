import { attempt } from '../../codec/attempt';
import { isError } from '../../errors';
import { bytesOf, byteParts } from './byteParts';
import { collectionParts, type IsEqual } from './collectionParts';
import type { Part } from './Part';

/**
 * Returns the parts of two values that are still to be compared, or `undefined` where the values themselves differ.
 *
 * @param isEqual - Compares items of unordered collections, and those of matchers.
 */
export function partsOf(actual: unknown, expected: unknown, isEqual: IsEqual): readonly Part[] | undefined {
  if (isMatcher(expected)) return expected.asymmetricMatch(actual, comparisonsOf(isEqual)) ? [] : undefined;
  if (!isReference(actual) || !isReference(expected)) return undefined;
  if (isError(actual)) return errorParts(actual, expected);
  const tag = tagOf(actual);
  if (tag !== tagOf(expected) || isComparedByIdentity(actual, tag)) return undefined;
  const bytes = bytesOf(actual);
  return [
    ...classParts(actual, expected),
    ...(bytes ? byteParts(bytes, bytesOf(expected)) : getterParts(actual, expected)),
    ...builtInParts(actual, expected, tag),
    ...collectionParts(actual, expected, tag, isEqual),
    ...fieldParts(actual, expected, [...keysOf(actual), ...keysOf(expected)]),
  ];
}

/** An expected plain object with a tag stands for an error with that tag and those fields. */
function errorParts(actual: Error, expected: object): readonly Part[] | undefined {
  if (!isError(expected))
    return '_tag' in expected ? fieldParts(actual, expected, keysOf(expected)) : undefined;
  if (tagOf(actual) !== tagOf(expected) || errorClassOf(actual) !== errorClassOf(expected)) return undefined;
  const keys = [...keysOf(actual), ...keysOf(expected)].filter((key) => key !== 'stack' && key !== 'cause');
  // A test rarely has the cause at hand: it counts where both errors have one.
  const hasCauses = actual.cause !== undefined && expected.cause !== undefined;
  // `errors` of an AggregateError is not enumerable.
  return fieldParts(actual, expected, [
    'name',
    'message',
    'errors',
    ...(hasCauses ? ['cause'] : []),
    ...keys,
  ]);
}

/** The tag of an error, which does not change when classes are renamed or loaded twice. Its class, if it has no tag. */
const errorClassOf = (error: Error): unknown =>
  (error as { readonly _tag?: unknown })._tag ?? error.constructor.name;

/** Compares the classes, and reports them by their names. */
function classParts(actual: object, expected: object): readonly Part[] {
  const [own, other] = [actual, expected].map((value) => Object.getPrototypeOf(value) as object | null);
  return classOf(own) === classOf(other) ? [] : [[' class', classSymbol(own), classSymbol(other)]];
}

/**
 * Returns the prototype, or the name of a built-in class: the same class of another realm, such as that of a test runner, is
 * equal. A `Buffer` counts as the `Uint8Array` that it extends.
 */
function classOf(prototype: object | null = null): unknown {
  const constructor = constructorOf(prototype);
  if (typeof constructor !== 'function') return prototype;
  if (constructor.name === 'Buffer') return 'Uint8Array';
  const isNative = Function.prototype.toString.call(constructor).includes('[native code]');
  return isNative ? constructor.name : prototype;
}

/** Returns a symbol with the name of a class, so that two classes of the same name differ. */
function classSymbol(prototype: object | null = null): symbol {
  const constructor = constructorOf(prototype);
  return Symbol(typeof constructor === 'function' ? constructor.name : String(prototype && 'Object.create'));
}

const constructorOf = (prototype: object | null): unknown =>
  prototype && Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;

/** Compares the internal value of built-in objects. */
function builtInParts(actual: object, expected: object, tag: string): readonly Part[] {
  if (Array.isArray(actual)) return [['.length', actual.length, (expected as readonly unknown[]).length]];
  if (tag === '[object RegExp]') return fieldParts(actual, expected, ['source', 'flags', 'lastIndex']);
  return [['', primitiveOf(actual), primitiveOf(expected)]];
}

/** Returns the value of a `Date`, of a boxed primitive, or of any other object that has one. */
function primitiveOf(value: object): unknown {
  const primitive = attempt(() => value.valueOf());
  return isReference(primitive) ? undefined : primitive;
}

/** Functions, promises and weak collections have no content to compare. */
const isComparedByIdentity = (value: object, tag: string): boolean =>
  typeof value === 'function' || /^\[object (Promise|WeakMap|WeakSet|WeakRef)\]$/.test(tag);

/**
 * Compares the getters of two classes, such as those of `URL`, which show private fields.
 *
 * A getter that returns a new object each time does not count.
 */
function getterParts(actual: object, expected: object): readonly Part[] {
  const getters: Part[] = [];
  let prototype = Object.getPrototypeOf(actual) as object | null;
  while (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    for (const [key, { get }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      const values = get && [actual, expected].map((value) => readGetter(get, value));
      const isStable = values?.every(
        (value, at) =>
          !isReference(value) || value === (get && readGetter(get, at === 0 ? actual : expected)),
      );
      if (values && isStable) getters.push([stepOf(key), values[0], values[1]]);
    }
    prototype = Object.getPrototypeOf(prototype) as object | null;
  }
  return getters;
}

const readGetter = (get: () => unknown, value: object): unknown => attempt(() => get.call(value));

const fieldParts = (actual: object, expected: object, keys: readonly PropertyKey[]): readonly Part[] =>
  [...new Set(keys)].map((key) => [stepOf(key), Reflect.get(actual, key), Reflect.get(expected, key)]);

/** Whether a value is a matcher of a test framework. All of them name this method the same. */
const isMatcher = (value: unknown): value is Matcher =>
  isReference(value) && typeof Reflect.get(value, 'asymmetricMatch') === 'function';

interface Matcher {
  readonly asymmetricMatch: (actual: unknown, comparisons: ReturnType<typeof comparisonsOf>) => boolean;
}

/** The comparisons that Jasmine's matchers call, `objectContaining` with the expected value first. */
function comparisonsOf(isEqual: IsEqual) {
  const equals = (a: unknown, b: unknown): boolean => isEqual(a, b) || isEqual(b, a);
  return {
    equals,
    contains: (items: Iterable<unknown>, item: unknown): boolean =>
      [...items].some((each) => equals(each, item)),
  };
}

const isReference = (value: unknown): value is object =>
  (typeof value === 'object' && value !== null) || typeof value === 'function';

const tagOf = (value: unknown): string => Object.prototype.toString.call(value);

/** Enumerable own keys. The bytes of an array buffer view are compared before. */
const keysOf = (value: object): readonly PropertyKey[] =>
  Reflect.ownKeys(value).filter(
    (key) =>
      Object.prototype.propertyIsEnumerable.call(value, key) &&
      !(ArrayBuffer.isView(value) && /^\d+$/.test(String(key))),
  );

function stepOf(key: PropertyKey): string {
  const name = String(key);
  return typeof key === 'symbol' || /^\d+$/.test(name) ? `[${name}]` : `.${name}`;
}
