import type { Bytes } from '../transport/transport';
import { copyBytes, NO_BYTES } from './bytes';
import { CR, LF } from './characters';
import { Utf8Decoder } from './utf8';

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
  /** Contains the buffered bytes at its beginning. */
  #buffer = NO_BYTES;
  #size = 0;

  /** @param limit - The longest line, in UTF-16 code units: no more than that is buffered. */
  constructor(limit: number) {
    this.#max = Math.min(MAX_BUFFERED, limit);
  }

  /** Returns the buffered text and that of one more read; `''` while no line has ended. */
  take(read: Bytes): string {
    if (!endsLine(read) && this.#size + read.byteLength <= this.#max) {
      this.#append(read);
      return '';
    }
    return this.#text.decode(this.#size === 0 ? read : this.#join(read));
  }

  /** Returns the remaining text at the end of the body. */
  end(): string {
    return this.#text.decode(this.#join(NO_BYTES)) + this.#text.end();
  }

  #append(read: Bytes): void {
    const size = this.#size + read.byteLength;
    if (size > this.#buffer.byteLength) this.#buffer = copyBytes(this.#buffer, 2 * size);
    this.#buffer.set(read, this.#size);
    this.#size = size;
  }

  /** Returns the buffered bytes and the last ones: valid until the next read. */
  #join(last: Bytes): Bytes {
    const size = this.#size + last.byteLength;
    const joined = size > this.#buffer.byteLength ? copyBytes(this.#buffer, size) : this.#buffer;
    joined.set(last, this.#size);
    this.#size = 0;
    return joined.subarray(0, size);
  }
}

/** Whether a line ends in a read. */
function endsLine(read: Bytes): boolean {
  for (let at = read.byteLength - 1; at >= 0; at -= 1) {
    if (read[at] === LF || read[at] === CR) return true;
  }
  return false;
}
