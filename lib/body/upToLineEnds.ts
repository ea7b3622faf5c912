import { concat, defer, EMPTY, filter, map, of, type MonoTypeOperatorFunction } from 'rxjs';

import type { Bytes } from './transport';

const LF = 0x0a;
const CR = 0x0d;

/** How much is held back at most, in bytes: a longer line is passed on in pieces. */
const HELD = 64 * 1024;

/**
 * Joins small reads until a line has ended in them; nothing is lost by it, since only the end of a line ends an event.
 *
 * The reads say the same bytes, cut elsewhere. So what follows runs once for an event and not once for a read, which may be a
 * few bytes behind a proxy that compresses.
 */
export function upToLineEnds(): MonoTypeOperatorFunction<Bytes> {
  return (read$) =>
    defer(() => {
      let held: Bytes[] = [];
      let size = 0;
      const release = (): Bytes => {
        const joined = held.length === 1 && held[0] !== undefined ? held[0] : join(held, size);
        held = [];
        size = 0;
        return joined;
      };
      return concat(
        read$.pipe(
          map((read) => {
            held.push(read);
            size += read.byteLength;
            return endsLine(read) || size > HELD ? release() : undefined;
          }),
          filter((read) => read !== undefined),
        ),
        defer(() => (size > 0 ? of(release()) : EMPTY)),
      );
    });
}

/** Whether a line ends in a read. Neither byte occurs inside a character of UTF-8. */
function endsLine(read: Bytes): boolean {
  for (let at = read.byteLength - 1; at >= 0; at -= 1) {
    if (read[at] === LF || read[at] === CR) return true;
  }
  return false;
}

function join(reads: readonly Bytes[], size: number): Bytes {
  const joined = new Uint8Array(size);
  let at = 0;
  for (const read of reads) {
    joined.set(read, at);
    at += read.byteLength;
  }
  return joined;
}
