import { concat, defer, filter, map, of, type OperatorFunction } from 'rxjs';

import type { Bytes } from './transport';

const BYTE_ORDER_MARK = 0xfeff;
const LF = 0x0a;

/**
 * Decodes the reads of a body as UTF-8, joining a character that two reads cut apart.
 *
 * One byte order mark at the very start is dropped, as the standard asks; bytes that are no UTF-8 become U+FFFD.
 * The decoder is told to leave the mark alone, because Node 24's drops two of them when a read ends inside
 * the first. Never emits an empty string.
 *
 * ```text
 * source:   -a---b---|      a = 'caf' and half of 'é', b = its other half and '!'
 * toText(): -x---y---|      x = 'caf', y = 'é!'
 * ```
 *
 * @example
 * ```ts
 * import { of } from 'rxjs';
 * import { toText } from 'rxjs-chat-completions';
 *
 * of(new Uint8Array([0xc3]), new Uint8Array([0xa9])).pipe(toText()).subscribe((text) => console.assert(text === 'é'));
 * ```
 *
 * @see https://encoding.spec.whatwg.org/#utf-8-decode
 */
export function toText(): OperatorFunction<Bytes, string> {
  return (read$) =>
    defer(() => {
      const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
      let begun = false;
      const afterMark = (text: string): string => {
        if (begun || text === '') return text;
        begun = true;
        return text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text;
      };
      // No character has a line feed in it: what ends in one can be decoded by itself, which is faster.
      const decode = (read: Bytes): string => decoder.decode(read, { stream: read[read.length - 1] !== LF });
      return concat(
        read$.pipe(map((read) => afterMark(decode(read)))),
        defer(() => of(afterMark(decoder.decode()))),
      ).pipe(filter((text) => text !== ''));
    });
}
