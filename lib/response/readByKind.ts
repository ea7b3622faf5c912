import { defer, Observable, type OperatorFunction, type Subscriber } from 'rxjs';

import { DirectObserver } from '../rx/DirectObserver';
import { copyBytes, NO_BYTES } from '../sse/bytes';
import type { Bytes, ResponseHead } from '../transport/transport';
import { bodyKindOf, kindOfType, LONGEST_BEGINNING, type BodyKind } from './bodyKind';

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
    new Observable<T>((subscriber) => read$.subscribe(new KindReader(head, read, subscriber)));
}

/** A class and no closures, as in readResponse. */
class KindReader<T> extends DirectObserver<Bytes> {
  readonly #head: ResponseHead;
  readonly #read: (kind: BodyKind) => OperatorFunction<Bytes, T>;
  readonly #subscriber: Subscriber<T>;
  #body: Subscriber<Bytes> | undefined;
  #held = NO_BYTES;
  /** Bytes before the beginning. */
  #dropped = 0;

  constructor(
    head: ResponseHead,
    read: (kind: BodyKind) => OperatorFunction<Bytes, T>,
    subscriber: Subscriber<T>,
  ) {
    super();
    this.#head = head;
    this.#read = read;
    this.#subscriber = subscriber;
  }

  protected onNext(bytes: Bytes): void {
    if (this.#body === undefined) this.#hold(bytes);
    else this.#body.next(bytes);
  }

  protected onError(error: unknown): void {
    (this.#body ?? this.#subscriber).error(error);
  }

  protected onComplete(): void {
    // A field that the end of the body cuts is the beginning of what the media type promises.
    if (this.#body === undefined) this.#begin(this.#held.length > 0 ? kindOfType(this.#head) : 'other');
    this.#body?.complete();
  }

  #hold(bytes: Bytes): void {
    const all = this.#held.length === 0 ? bytes : join(this.#held, bytes);
    this.#held = withoutBlank(all);
    this.#dropped += all.length - this.#held.length;
    const beginning = beginningOf(this.#held);
    // Blanks without end count towards the limits of the kind that the media type promises.
    const isTooLate = beginning === '' && this.#dropped > MAX_DROPPED;
    const kind = isTooLate ? kindOfType(this.#head) : bodyKindOf(this.#head, beginning);
    if (kind !== undefined) this.#begin(kind);
  }

  #begin(kind: BodyKind): void {
    // Subscribed to once, as in readResponse.
    const body$ = new Observable<Bytes>((body) => {
      this.#body = body;
    });
    defer(() => this.#read(kind)(body$)).subscribe(this.#subscriber);
    const held = this.#held;
    this.#held = NO_BYTES;
    if (held.length > 0) this.#body?.next(held);
  }
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

function join(first: Bytes, second: Bytes): Bytes {
  const joined = copyBytes(first, first.length + second.length);
  joined.set(second, first.length);
  return joined;
}
