import type { Bytes } from '../transport/transport';

/** Shared by all bodies: creating one costs as much as decoding a chunk. */
export const NO_BYTES: Bytes = new Uint8Array();

/** Copies bytes to the beginning of an array of another length. */
export function copyBytes(bytes: Bytes, length: number): Bytes {
  const copied = new Uint8Array(length);
  copied.set(bytes);
  return copied;
}
