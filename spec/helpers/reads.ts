import type { Observable } from 'rxjs';

/** Encodes a text as UTF-8. */
export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Splits bytes into reads of one size; the last may be shorter. */
export function readsOf(body: Uint8Array, size: number): Uint8Array[] {
  const reads: Uint8Array[] = [];
  for (let at = 0; at < body.length; at += size) reads.push(body.slice(at, at + size));
  return reads;
}

/** Splits bytes into reads that end at these places; a repeated place makes an empty read. */
export function cutAt(body: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = [...places.map((place) => Math.min(place, body.length)), body.length].sort((a, b) => a - b);
  return ends.map((end, i) => body.slice(i === 0 ? 0 : ends[i - 1], end));
}

/** The outcome of a stream that ends synchronously. */
export interface Outcome<T> {
  readonly values: readonly T[];
  /** `undefined` until it has ended. */
  readonly end: 'complete' | 'error' | undefined;
  readonly error?: unknown;
}

/** Subscribes, and returns what was emitted synchronously. Then unsubscribes: time limits would keep Jest from exiting. */
export function outcomeOf<T>(source$: Observable<T>): Outcome<T> {
  const values: T[] = [];
  let end: Pick<Outcome<T>, 'end' | 'error'> = { end: undefined };
  source$
    .subscribe({
      next: (value) => values.push(value),
      error: (error: unknown) => (end = { end: 'error', error }),
      complete: () => (end = { end: 'complete' }),
    })
    .unsubscribe();
  return { values, ...end };
}
