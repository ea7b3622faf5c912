import { latest, type Rule } from './join';

/**
 * A list that grows at its end in constant time, however long it is.
 *
 * Its array is made when it is first read, and with it the shorter lists before it are let go.
 */
class GrowingList {
  #before: GrowingList | undefined;
  #items: readonly unknown[];

  constructor(items: readonly unknown[], before?: GrowingList) {
    this.#items = items;
    this.#before = before;
  }

  with(items: readonly unknown[]): GrowingList {
    return items.length === 0 ? this : new GrowingList(items, this);
  }

  all(): readonly unknown[] {
    if (this.#before === undefined) return this.#items;
    const pieces = [this.#items];
    for (let list: GrowingList | undefined = this.#before; list !== undefined; list = list.#before) {
      pieces.push(list.#items);
    }
    this.#items = pieces.reverse().flat();
    this.#before = undefined;
    return this.#items;
  }
}

/** The fields behind a `logprobs` object that was made here; its arrays as growing lists. */
const fieldsBehind = new WeakMap<object, ReadonlyMap<string, unknown>>();

/**
 * The `logprobs` of a whole choice, with those of one more chunk.
 *
 * Copying arrays that grow with every chunk would make a long answer quadratic, so the arrays of the result are made
 * when they are read. To everyone else they are the plain arrays they look like, to `JSON.stringify` and to a spread
 * as well.
 */
export const joinLogprobs: Rule = (before, piece) => {
  if (!isObject(before) || !isObject(piece)) return latest(before, piece);
  const fields = new Map(fieldsBehind.get(before) ?? fieldsOf(before));
  let changed = false;
  for (const [name, value] of fieldsOf(piece)) {
    const had = fields.get(name);
    const has =
      had instanceof GrowingList && value instanceof GrowingList ? had.with(value.all()) : latest(had, value);
    if (has === had) continue;
    fields.set(name, has);
    changed = true;
  }
  return changed ? objectOf(fields) : before;
};

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** The fields of an object off the wire. Assigning to `__proto__` would set a prototype, so there is none. */
const fieldsOf = (object: object): ReadonlyMap<string, unknown> =>
  new Map(
    Object.entries(object)
      .filter(([name]) => name !== '__proto__')
      .map(([name, value]) => [name, Array.isArray(value) ? new GrowingList(value) : value]),
  );

function objectOf(fields: ReadonlyMap<string, unknown>): object {
  const object: Record<string, unknown> = {};
  for (const [name, value] of fields) {
    if (value instanceof GrowingList)
      Object.defineProperty(object, name, { get: () => value.all(), enumerable: true });
    else object[name] = value;
  }
  fieldsBehind.set(object, fields);
  return object;
}
