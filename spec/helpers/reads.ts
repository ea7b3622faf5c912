import type { Observable } from 'rxjs';

/** The bytes of a text, in UTF-8. */
export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The same bytes in reads of one size; the last may be shorter. */
export function readsOf(body: Uint8Array, size: number): Uint8Array[] {
  const reads: Uint8Array[] = [];
  for (let at = 0; at < body.length; at += size) reads.push(body.slice(at, at + size));
  return reads;
}

/** The same bytes in reads that end at these places; a place given twice makes an empty read. */
export function cutAt(body: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = [...places.map((place) => Math.min(place, body.length)), body.length].sort((a, b) => a - b);
  return ends.map((end, i) => body.slice(i === 0 ? 0 : ends[i - 1], end));
}

/** How a stream went that ends while it is being subscribed to. */
export interface Outcome<T> {
  readonly values: readonly T[];
  /** `undefined` as long as it has not ended. */
  readonly end: 'complete' | 'error' | undefined;
  readonly error?: unknown;
}

/** Subscribes, and tells what has come by the time that returns. */
export function outcomeOf<T>(source$: Observable<T>): Outcome<T> {
  const values: T[] = [];
  let end: Pick<Outcome<T>, 'end' | 'error'> = { end: undefined };
  source$.subscribe({
    next: (value) => values.push(value),
    error: (error: unknown) => (end = { end: 'error', error }),
    complete: () => (end = { end: 'complete' }),
  });
  return { values, ...end };
}
