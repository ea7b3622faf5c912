/** A list in a fold: an array while it is short, so that nearly every answer is arrays throughout. */
export type List<T> = readonly T[] | LongList<T>;

/** The longest list that is an array, copied for each chunk that changes it. */
export const MAX_ARRAY = 64;

const BLOCK = 128;

/**
 * A list that is copied for a chunk in nearly constant time, however long it is.
 *
 * Two copies share all blocks of items but those that changed. The array of all items is made when it is first read.
 */
export class LongList<T> {
  #blocks: Array<readonly T[]>;
  #length: number;
  #array: readonly T[] | undefined;
  /** The order of the array, where it is not that of the places. */
  readonly #order: ((a: T, b: T) => number) | undefined;

  private constructor(blocks: Array<readonly T[]>, length: number, order?: (a: T, b: T) => number) {
    this.#blocks = blocks;
    this.#length = length;
    this.#order = order;
  }

  static of<T>(items: readonly T[], order?: (a: T, b: T) => number): LongList<T> {
    const blocks: Array<readonly T[]> = [];
    for (let at = 0; at < items.length; at += BLOCK) blocks.push(items.slice(at, at + BLOCK));
    return new LongList(blocks, items.length, order);
  }

  get length(): number {
    return this.#length;
  }

  /** The items in parts. Two lists share the parts that are equal. */
  get blocks(): ReadonlyArray<readonly T[]> {
    return this.#blocks;
  }

  /** Returns the item at a place, counted from the end if it is negative. */
  at(place: number): T | undefined {
    const from0 = place < 0 ? this.#length + place : place;
    return this.#blocks[Math.floor(from0 / BLOCK)]?.[from0 % BLOCK];
  }

  copy(): LongList<T> {
    return new LongList(this.#blocks.slice(), this.#length, this.#order);
  }

  /**
   * Changes the item at a place, or adds one at the end.
   *
   * @param own - Returns a copy of a block, or the block itself if it was copied before.
   */
  set(place: number, item: T, own: (block: readonly T[]) => T[]): void {
    const nth = Math.floor(place / BLOCK);
    const block = own(this.#blocks[nth] ?? []);
    block[place % BLOCK] = item;
    this.#blocks[nth] = block;
    this.#length = Math.max(this.#length, place + 1);
    this.#array = undefined;
  }

  toArray(): readonly T[] {
    if (this.#array === undefined) {
      const array = ([] as T[]).concat(...this.#blocks);
      this.#array = this.#order === undefined ? array : array.sort(this.#order);
    }
    return this.#array;
  }
}

/** Returns the items of a list as an array. */
export const arrayOf = <T>(list: List<T>): readonly T[] => (list instanceof LongList ? list.toArray() : list);

/** Returns each item of a list that is not the one at its place in an earlier list, with its place. */
export function changedItems<T>(
  before: List<T>,
  after: List<T>,
): ReadonlyArray<readonly [place: number, item: T]> {
  const known = blocksOf(before);
  return blocksOf(after).flatMap((block, nth) => {
    const old = known[nth];
    if (old === block) return [];
    return [...block.entries()]
      .filter(([at, item]) => item !== old?.[at])
      .map(([at, item]) => [nth * BLOCK + at, item] as const);
  });
}

const blocksOf = <T>(list: List<T>): ReadonlyArray<readonly T[]> =>
  list instanceof LongList ? list.blocks : [list];
