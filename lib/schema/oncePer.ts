/** A `Map` or a `WeakMap`. */
interface Cache<K, V> {
  get(key: K): V | undefined;
  set(key: K, value: V): unknown;
}

/** Returns the result that a cache has for a key. Computes it at the first time. */
export function once<K, V>(cache: Cache<K, V>, key: K, compute: (key: K) => V): V {
  const known = cache.get(key);
  if (known !== undefined) return known;
  const result = compute(key);
  cache.set(key, result);
  return result;
}

/** Returns a function that computes the result for each object once. Results are kept no longer than their objects. */
export function oncePer<K extends object, V>(compute: (key: K) => V): (key: K) => V {
  const results = new WeakMap<K, V>();
  return (key) => once(results, key, compute);
}
