import { LongList } from './LongList';

/**
 * The long lists of objects, by field name.
 *
 * For other code such a field is a plain array, including `JSON.stringify` and a spread. This is a cache and nothing else: an object
 * that was stored as JSON has its arrays. Made with the first long list, since nearly every process has none.
 */
let longLists: WeakMap<object, Map<string, LongList<unknown>>> | undefined;

/** Returns the value of a field, and a long list as it is. */
export const readField = (object: object, name: string): unknown =>
  longLists?.get(object)?.get(name) ?? (object as Fields)[name];

/** Whether a field of an object is a long list. */
export const hasLongLists = (object: object): boolean => longLists?.has(object) === true;

/** Sets a field. The array of a long list is made when the field is read. */
export function writeField(object: Record<string, unknown>, name: string, value: unknown): void {
  const lists = longLists?.get(object);
  if (value instanceof LongList) {
    if (lists === undefined) (longLists ??= new WeakMap()).set(object, new Map([[name, value]]));
    else lists.set(name, value);
    Object.defineProperty(object, name, {
      get: () => value.toArray() as unknown,
      enumerable: true,
      configurable: true,
    });
  } else if (lists?.delete(name)) {
    Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
  } else {
    object[name] = value;
  }
}

/** Returns a copy of an object that shares its long lists. */
export function copyFields(object: object): Record<string, unknown> {
  const lists = longLists?.get(object);
  if (lists === undefined || lists.size === 0) return { ...object };
  const copy: Record<string, unknown> = {};
  for (const name of Object.keys(object)) {
    // An assignment would set the prototype.
    if (name !== '__proto__') writeField(copy, name, lists.get(name) ?? (object as Fields)[name]);
  }
  return copy;
}

/** Returns a copy of an object with changed fields; a long list among them is shared as it is. */
export function withFields<T extends object>(object: T, changes: { readonly [K in keyof T]?: unknown }): T {
  const copy = copyFields(object);
  // `in` makes no list of names and values, which costs more than the copy.
  for (const name in changes) writeField(copy, name, changes[name]);
  return copy as T;
}

type Fields = Readonly<Record<string, unknown>>;
