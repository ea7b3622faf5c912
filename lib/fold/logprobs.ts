import { isObject, latest, MAX_FIELDS } from './join';

/**
 * A list that grows at its end in constant time.
 *
 * Its array is made when it is first read, which releases the shorter lists before it.
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
    const parts = [this.#items];
    for (let list: GrowingList | undefined = this.#before; list !== undefined; list = list.#before) {
      parts.push(list.#items);
    }
    this.#items = parts.reverse().flat();
    this.#before = undefined;
    return this.#items;
  }
}

/**
 * The fields of a `logprobs` object that was made here, with its arrays as growing lists.
 *
 * A cache and nothing else: an object that was stored as JSON is read instead.
 */
const fieldsBehind = new WeakMap<object, ReadonlyMap<string, unknown>>();

/**
 * Joins the `logprobs` of a chunk to those of a choice.
 *
 * The cost of a chunk does not grow with the answer: a copy of each array per chunk would make a long answer quadratic, so the arrays of the result are made
 * when they are read. They look like plain arrays, also to `JSON.stringify` and to a spread.
 */
export const joinLogprobs = (before: unknown, delta: unknown): unknown => {
  if (!isObject(before) || !isObject(delta)) return latest(before, delta);
  const fields = new Map(fieldsBehind.get(before) ?? fieldsOf(before));
  let changed = false;
  for (const [name, value] of fieldsOf(delta)) {
    const had = fields.get(name);
    const has =
      had instanceof GrowingList && value instanceof GrowingList ? had.with(value.all()) : latest(had, value);
    if (has === had) continue;
    if (had === undefined && fields.size >= MAX_FIELDS) continue;
    fields.set(name, has);
    changed = true;
  }
  return changed ? objectOf(fields) : before;
};

/** Returns the fields of a received object. An assignment to `__proto__` would set a prototype, so it is left out. */
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
