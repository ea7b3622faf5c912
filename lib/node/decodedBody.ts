import type { IncomingMessage } from 'node:http';
import { Duplex, pipeline, type Readable, type Transform } from 'node:stream';
import { constants, createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';

/** Emits the data of each read at once. */
const zlib = { flush: constants.Z_SYNC_FLUSH };
const brotli = { flush: constants.BROTLI_OPERATION_FLUSH };

/** Creates the decoder of a body that begins with a byte. */
type CreateDecoder = (first: number) => Transform;

/** The content codings of RFC 9110, 8.4.1, and brotli. */
const DECODERS = new Map<string, CreateDecoder>([
  ['gzip', () => createGunzip(zlib)],
  ['x-gzip', () => createGunzip(zlib)],
  // Some servers send the data without the header of zlib, whose first byte ends in 8 (RFC 1950, 2.2).
  ['deflate', (first) => ((first & 0x0f) === 8 ? createInflate(zlib) : createInflateRaw(zlib))],
  ['br', () => createBrotliDecompress(brotli)],
]);

/**
 * Returns the body of a response without its content codings.
 *
 * The request accepts none, but some proxies compress regardless. A body with a coding that is not known is returned as it is,
 * as `fetch` does.
 */
export function decodedBody(response: IncomingMessage): Readable {
  const codings = response.headers['content-encoding']?.toLowerCase().split(',') ?? [];
  const creators = codings.map((coding) => DECODERS.get(coding.trim()));
  if (!creators.every((creator) => creator !== undefined)) return response;
  // The coding that was applied last is undone first. An error is also emitted by the last stream, and handled there.
  return creators.reduceRight<Readable>((body, create) => pipeline(body, decoding(create), ignore), response);
}

/** Returns a stream whose decoder begins at the first byte: a body without bytes is empty in every coding. */
function decoding(create: CreateDecoder): Duplex {
  let decoder: Transform | undefined;
  const decoded = new Duplex({
    write: (read: Buffer, _, done) => {
      decoder ??= create(read[0] ?? 0)
        .on('data', (data) => decoded.push(data) || decoder?.pause())
        .on('end', () => decoded.push(null))
        .on('error', (error) => decoded.destroy(error));
      decoder.write(read, done);
    },
    read: () => decoder?.resume(),
    final: (done) => {
      if (decoder === undefined) decoded.push(null);
      else decoder.end();
      done();
    },
    destroy: (error, done) => {
      decoder?.destroy();
      done(error);
    },
  });
  return decoded;
}

const ignore = (): void => undefined;
