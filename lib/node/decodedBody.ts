import type { IncomingMessage } from 'node:http';
import { pipeline, type Duplex, type Readable } from 'node:stream';
import { constants, createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

/** Emits the data of each read at once. */
const gzip = { flush: constants.Z_SYNC_FLUSH };
const brotli = { flush: constants.BROTLI_OPERATION_FLUSH };

/** The content codings of RFC 9110, 8.4.1, and brotli. */
const DECODERS: Readonly<Record<string, () => Duplex>> = {
  gzip: () => createGunzip(gzip),
  'x-gzip': () => createGunzip(gzip),
  deflate: () => createInflate(gzip),
  br: () => createBrotliDecompress(brotli),
};

/**
 * Returns the body of a response without its content codings.
 *
 * The request accepts none, but some proxies compress regardless. A body with a coding that is not known is returned as it is,
 * as `fetch` does.
 */
export function decodedBody(response: IncomingMessage): Readable {
  const decoders = decodersOf(response);
  // An error is also emitted by the last stream, and handled there.
  return decoders.reduce<Readable>((body, decoder) => pipeline(body, decoder, ignore), response);
}

function decodersOf({ statusCode, headers }: IncomingMessage): readonly Duplex[] {
  const codings = headers['content-encoding']?.toLowerCase().split(',') ?? [];
  const isEmpty = statusCode === 204 || statusCode === 304 || headers['content-length'] === '0';
  const creators = codings.map((coding) => DECODERS[coding.trim()]);
  if (isEmpty || !creators.every((creator) => creator !== undefined)) return [];
  // The coding that was applied last is undone first.
  return creators.map((create) => create()).reverse();
}

const ignore = (): void => undefined;
