import type { Bytes } from '../transport/transport';
import { Utf8Decoder } from './utf8';

const LF = 0x0a;
const CR = 0x0d;

/** How much is held back at most, in bytes: a longer line is passed on in pieces. */
const HELD = 64 * 1024;

/**
 * Decodes the reads of a body that is made of lines; a read in which no line ends is held back, and joined to the next.
 *
 * Nothing is lost by it, since only the end of a line ends an event. So what follows runs once for an event and not once
 * for a read, which may be a few bytes behind a proxy that compresses.
 */
export class LineBuffer {
  readonly #text = new Utf8Decoder();
  readonly #most: number;
  #held: Bytes[] = [];
  #size = 0;

  /** @param limit - The longest line, in UTF-16 code units: there is no use in holding back more. */
  constructor(limit: number) {
    this.#most = Math.min(HELD, limit);
  }

  /** The text up to and with one more read; `''` while no line has ended. */
  take(read: Bytes): string {
    if (endsLine(read)) return this.#text.decode(this.#size === 0 ? read : this.#join(read));
    this.#held.push(read);
    this.#size += read.byteLength;
    return this.#size > this.#most ? this.#text.decode(this.#join()) : '';
  }

  /** What is left at the end of the body. */
  end(): string {
    return this.#text.decode(this.#join()) + this.#text.end();
  }

  #join(last?: Bytes): Bytes {
    const joined = new Uint8Array(this.#size + (last?.byteLength ?? 0));
    let at = 0;
    for (const read of this.#held) {
      joined.set(read, at);
      at += read.byteLength;
    }
    if (last) joined.set(last, at);
    this.#held = [];
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
