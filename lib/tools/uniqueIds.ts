/**
 * Creates a function that returns the id of a call, or a new one if it has none or a used one.
 *
 * @param taken - The ids of the conversation so far.
 */
export function uniqueIds(
  taken?: Iterable<string>,
): (id: string | null | undefined, step: number, place: number) => string {
  const ids = new Set(taken);
  return (id, step, place) => {
    let unique = id;
    for (let n = 1; !unique || ids.has(unique); n += 1) {
      unique = `call_${step}_${place}${n === 1 ? '' : `_${n}`}`;
    }
    ids.add(unique);
    return unique;
  };
}
