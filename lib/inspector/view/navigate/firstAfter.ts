import type { Marble } from '../../log/Marble';

/** Returns the index of the first marble at or after a time. */
export function firstAfter(marbles: readonly Marble[], at: number): number {
  let [low, high] = [0, marbles.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((marbles[middle]?.at ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}
