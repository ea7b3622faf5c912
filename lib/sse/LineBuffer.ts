import type { Bytes } from '../transport/transport';
import { Utf8Decoder } from './utf8';

const LF = 0x0a;
const CR = 0x0d;

/** The most bytes that are buffered; a longer line is decoded in parts. */
const MAX_BUFFERED = 64 * 1024;

/**
 * Decodes the reads of a body that consists of lines. A read without the end of a line is buffered and joined to the next.
 *
 * This delays nothing, since only the end of a line ends an event. The parser runs once for an event and not once
 * for a read, which may be a few bytes long behind a proxy that compresses.
 */
export class LineBuffer {
  readonly #text = new Utf8Decoder();
  readonly #max: number;
  #buffered: Bytes[] = [];
  #size = 0;

  /** @param limit - The longest line, in UTF-16 code units: no more than that is buffered. */
  constructor(limit: number) {
    this.#max = Math.min(MAX_BUFFERED, limit);
  }

  /** Returns the buffered text and that of one more read; `''` while no line has ended. */
  take(read: Bytes): string {
    if (endsLine(read)) return this.#text.decode(this.#size === 0 ? read : this.#join(read));
    this.#buffered.push(read);
    this.#size += read.byteLength;
    return this.#size > this.#max ? this.#text.decode(this.#join()) : '';
  }

  /** Returns the remaining text at the end of the body. */
  end(): string {
    return this.#text.decode(this.#join()) + this.#text.end();
  }

  #join(last?: Bytes): Bytes {
    const joined = new Uint8Array(this.#size + (last?.byteLength ?? 0));
    let at = 0;
    for (const read of this.#buffered) {
      joined.set(read, at);
      at += read.byteLength;
    }
    if (last) joined.set(last, at);
    this.#buffered = [];
    this.#size = 0;
    return joined;
  }
}

/** Whether a line ends in a read. Neither byte occurs inside a character of UTF-8. */
function endsLine(read: Bytes): boolean {
  for (let at = read.byteLength - 1; at >= 0; at -= 1) {
    if (read[at] === LF || read[at] === CR) return true;
  }
  return false;
}
