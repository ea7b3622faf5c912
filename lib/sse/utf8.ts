import type { Bytes } from '../transport/transport';

const BYTE_ORDER_MARK = 0xfeff;
const LF = 0x0a;

/**
 * Decodes the reads of one body as UTF-8.
 *
 * One byte order mark at the very start is dropped, as the standard asks; bytes that are no UTF-8 become U+FFFD.
 * The decoder is told to leave the mark alone, because Node 24's drops two of them when a read ends inside
 * the first.
 *
 * @see https://encoding.spec.whatwg.org/#utf-8-decode
 */
export class Utf8Decoder {
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  #begun = false;

  /** The text of one more read; half a character waits for its other half. */
  decode(read: Bytes): string {
    // No character has a line feed in it: what ends in one can be decoded by itself, which is faster.
    return this.#afterMark(this.#decoder.decode(read, { stream: read[read.byteLength - 1] !== LF }));
  }

  /** What is left at the end of the body. */
  end(): string {
    return this.#afterMark(this.#decoder.decode());
  }

  #afterMark(text: string): string {
    if (this.#begun || text === '') return text;
    this.#begun = true;
    return text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text;
  }
}
