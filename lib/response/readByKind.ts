import { defer, Observable, type OperatorFunction, type Subscriber } from 'rxjs';

import type { Bytes, ResponseHead } from '../transport/transport';
import { bodyKindOf, LONGEST_BEGINNING, type BodyKind } from './bodyKind';

/**
 * Reads a body in the way that its beginning decides.
 *
 * Blanks, line ends and byte order marks before it are dropped. The same bytes are read in the same way however the reads
 * cut them.
 *
 * @param read - Returns the operator for a kind of body.
 */
export function readByKind<T>(
  head: ResponseHead,
  read: (kind: BodyKind) => OperatorFunction<Bytes, T>,
): OperatorFunction<Bytes, T> {
  return (read$) =>
    new Observable<T>((subscriber) => {
      let body: Subscriber<Bytes> | undefined;
      let held: Bytes = new Uint8Array();
      let dropped = 0; // Bytes before the beginning.

      const begin = (kind: BodyKind): void => {
        // Subscribed to once, as in readResponse.
        const body$ = new Observable<Bytes>((reader) => {
          body = reader;
        });
        defer(() => read(kind)(body$)).subscribe(subscriber);
        if (held.length > 0) body?.next(held);
        held = new Uint8Array();
      };

      const hold = (bytes: Bytes): void => {
        const all = held.length === 0 ? bytes : join(held, bytes);
        held = withoutBlank(all);
        dropped += all.length - held.length;
        if (isPartOfMark(held)) return;
        const beginning = beginningOf(held);
        // Blanks without end count towards the limits of the kind that the media type promises.
        const kind = bodyKindOf(head, beginning === '' && dropped > MAX_DROPPED ? '?' : beginning);
        if (kind !== undefined) begin(kind);
      };

      const source = read$.subscribe({
        next: (bytes) => {
          if (body === undefined) hold(bytes);
          else body.next(bytes);
        },
        error: (error: unknown) => {
          if (body === undefined) subscriber.error(error);
          else body.error(error);
        },
        complete: () => {
          if (body === undefined)
            begin(held.length === 0 ? 'empty' : (bodyKindOf(head, beginningOf(held)) ?? 'other'));
          body?.complete();
        },
      });
      subscriber.add(source);
    });
}

const beginningOf = (bytes: Bytes): string => String.fromCharCode(...bytes.subarray(0, LONGEST_BEGINNING));

/** The most bytes of blanks that are dropped. */
const MAX_DROPPED = 64 * 1024;

const BLANKS = [0x20, 0x09, 0x0a, 0x0d];
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/** Drops blanks and complete byte order marks at the start. */
function withoutBlank(bytes: Bytes): Bytes {
  let start = 0;
  for (;;) {
    if (BLANKS.includes(bytes[start] ?? -1)) start += 1;
    else if (BYTE_ORDER_MARK.every((byte, i) => bytes[start + i] === byte)) start += BYTE_ORDER_MARK.length;
    else return bytes.subarray(start);
  }
}

const isPartOfMark = (bytes: Bytes): boolean =>
  bytes.length > 0 &&
  bytes.length < BYTE_ORDER_MARK.length &&
  bytes.every((byte, i) => byte === BYTE_ORDER_MARK[i]);

function join(first: Bytes, second: Bytes): Bytes {
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}
