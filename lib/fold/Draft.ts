/**
 * The copies that were made while one chunk is joined.
 *
 * They are not visible to anyone yet, so they may still be changed. Every object and list is copied at most once for a chunk,
 * however many items the chunk adds to it.
 */
export class Draft {
  readonly #copies = new Set<object>();

  /** Whether a value was copied for this chunk. */
  has(value: object): boolean {
    return this.#copies.has(value);
  }

  /** Returns a copy of an object, or the object itself if it is one. */
  object(value: object): Record<string, unknown> {
    return this.#copies.has(value) ? (value as Record<string, unknown>) : this.#add({ ...value });
  }

  /** Returns a copy of a list, or the list itself if it is one. */
  list<T>(value: readonly T[] | null | undefined): T[] {
    if (value != null && this.#copies.has(value)) return value as T[];
    return this.#add(value?.slice() ?? []);
  }

  #add<T extends object>(copy: T): T {
    this.#copies.add(copy);
    return copy;
  }
}
