import { RequestError } from '../errors';
import type { Bytes } from '../transport/transport';
import { LF } from './characters';

const BYTE_ORDER_MARK = 0xfeff;

function newDecoder(): TextDecoder {
  if (typeof TextDecoder !== 'undefined') return new TextDecoder('utf-8', { ignoreBOM: true });
  throw new RequestError('there is no global TextDecoder: load a polyfill, as for React Native');
}

/**
 * Decodes the reads of one body as UTF-8.
 *
 * One byte order mark at the start is dropped, as the standard requires. Invalid bytes become U+FFFD.
 * `ignoreBOM` is set because the decoder of Node 24 drops two marks when a read ends inside the first.
 *
 * @see https://encoding.spec.whatwg.org/#utf-8-decode
 */
export class Utf8Decoder {
  readonly #decoder = newDecoder();
  #hasStarted = false;

  /** Returns the text of one more read. An incomplete character is buffered until the rest of it arrives. */
  decode(read: Bytes): string {
    // A read that ends in a line feed ends no other character: it can be decoded by itself, which is faster.
    return this.#withoutMark(this.#decoder.decode(read, { stream: read[read.byteLength - 1] !== LF }));
  }

  /** Returns the remaining text at the end of the body. */
  end(): string {
    return this.#withoutMark(this.#decoder.decode());
  }

  #withoutMark(text: string): string {
    if (this.#hasStarted || text === '') return text;
    this.#hasStarted = true;
    return text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text;
  }
}
