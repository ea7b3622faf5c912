import { connect, filter, startWith, switchMap, take, type OperatorFunction } from 'rxjs';

import type { Bytes } from './transport';

/**
 * Reads a body in the way that its first byte decides, since its content type may be wrong.
 *
 * One byte and no more, so that the same bytes are read in the same way however the reads cut them. A body without bytes
 * emits nothing.
 */
export function byFirstByte<T>(
  choose: (first: string) => OperatorFunction<Bytes, T>,
): OperatorFunction<Bytes, T> {
  return connect((read$) =>
    read$.pipe(
      filter((read) => read.byteLength > 0),
      take(1),
      switchMap((first) =>
        read$.pipe(startWith(first), choose(String.fromCharCode(...first.subarray(0, 1)))),
      ),
    ),
  );
}
