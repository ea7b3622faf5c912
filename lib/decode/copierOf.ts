/** Returns a copy of an object, with its own fields in their order. */
export type Copier = <T extends object>(object: T) => T;

/**
 * Returns a function that copies objects with the fields of this one.
 *
 * An engine optimizes a spread for the four shapes that its place in the code has met first. A copy of a fifth is ten to twenty
 * times as slow, and a process that calls two servers has more: text, reasoning and arguments have a delta each. So the shapes share
 * several places.
 */
export function copierOf(object: object): Copier {
  const shape = Object.keys(object).join();
  // A server may send any number of shapes, with names of any length: only those that have a place are remembered.
  if (!copiers.has(shape) && copiers.size < 4 * PLACES.length && shape.length < LONGEST)
    copiers.set(shape, PLACES[copiers.size >> 2] as Copier);
  return copiers.get(shape) ?? copyRare;
}

/** The most characters of the names of a shape that is remembered. */
const LONGEST = 1_000;

const copiers = new Map<string, Copier>();

const copyRare: Copier = (object) => ({ ...object });

/** The same code several times: a function made in a loop would share one place. */
const PLACES: readonly Copier[] = [
  (object) => ({ ...object }),
  (object) => ({ ...object }),
  (object) => ({ ...object }),
  (object) => ({ ...object }),
  (object) => ({ ...object }),
  (object) => ({ ...object }),
  (object) => ({ ...object }),
  (object) => ({ ...object }),
  (object) => ({ ...object }),
  (object) => ({ ...object }),
];
