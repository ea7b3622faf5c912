import { copyFields } from './fields';
import { LongList, MAX_ARRAY, type List } from './LongList';

/**
 * The copies that were made while one chunk is joined.
 *
 * They are not visible to anyone yet, so they may still be changed. Every object and list is copied at most once for a chunk,
 * however many items the chunk adds to it.
 */
export class Draft {
  /** The first of them: most chunks make a few, and a Set costs more than to look at each. */
  readonly #few: object[] = [];
  #others: Set<object> | undefined;

  /** Returns a copy of an object, or the object itself if it is one. */
  object(value: object): Record<string, unknown> {
    return this.has(value) ? (value as Record<string, unknown>) : this.#add(copyFields(value));
  }

  /** Whether a value was copied for this chunk. */
  has(value: object): boolean {
    return this.#few.includes(value) || this.#others?.has(value) === true;
  }

  /** Sets the item at a place of a list, or adds one at the end. Returns the copy of the list. */
  set<T>(list: List<T>, place: number, item: T): List<T> {
    if (list instanceof LongList || Math.max(list.length, place + 1) > MAX_ARRAY) {
      const long = list instanceof LongList ? list : LongList.of(list);
      const copy = this.has(long) ? long : this.#add(long.copy());
      copy.set(place, item, (block) => this.array(block));
      return copy;
    }
    const copy = this.array(list);
    copy[place] = item;
    return copy;
  }

  /** Returns a copy of an array, or the array itself if it is one. */
  array<T>(list: readonly T[]): T[] {
    return this.has(list) ? (list as T[]) : this.#add(list.slice());
  }

  #add<T extends object>(copy: T): T {
    if (this.#few.length < MAX_FEW) this.#few.push(copy);
    else (this.#others ??= new Set()).add(copy);
    return copy;
  }
}

/** The most copies that are looked at one by one. */
const MAX_FEW = 16;
