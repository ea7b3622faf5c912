import { concat, defer, filter, map, of, type OperatorFunction } from 'rxjs';

import type { Bytes } from '../transport/transport';
import { Utf8Decoder } from './utf8';

/**
 * Decodes the reads of a body as UTF-8, and joins a character that is split across two reads.
 *
 * One byte order mark at the start is dropped, as the standard requires. Invalid bytes become U+FFFD. Never
 * emits an empty string.
 *
 * ```text
 * source:   -a---b---|      a = 'caf' and the first byte of 'é', b = its second byte and '!'
 * toText(): -x---y---|      x = 'caf', y = 'é!'
 * ```
 *
 * @example
 * ```ts
 * import { of } from 'rxjs';
 * import { toText } from 'rxjs-chat-completions/sse';
 *
 * of(new Uint8Array([0xc3]), new Uint8Array([0xa9])).pipe(toText()).subscribe((text) => console.assert(text === 'é'));
 * ```
 *
 * @see https://encoding.spec.whatwg.org/#utf-8-decode
 */
export function toText(): OperatorFunction<Bytes, string> {
  return (read$) =>
    defer(() => {
      const decoder = new Utf8Decoder();
      return concat(
        read$.pipe(map((read) => decoder.decode(read))),
        defer(() => of(decoder.end())),
      ).pipe(filter((text) => text !== ''));
    });
}
