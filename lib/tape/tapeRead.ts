import { attempt } from '../codec/attempt';
import type { Bytes } from '../transport/transport';
import type { TapeRead } from './tape';

/** Converts a read for a tape: to text, and the bytes of the characters that it splits. */
export function toTapeRead(ms: number, bytes: Bytes): TapeRead {
  const begin = leadingBytes(bytes);
  const end = bytes.length - trailingBytes(bytes.subarray(begin));
  const text = decodeUtf8(bytes.subarray(begin, end));
  if (text === undefined) return { ms, base64: btoa(latin1(bytes)) };
  return {
    ms,
    ...(begin > 0 && { begins: toHex(bytes.subarray(0, begin)) }),
    ...((text !== '' || end - begin === bytes.length) && { text }),
    ...(end < bytes.length && { ends: toHex(bytes.subarray(end)) }),
  };
}

/** Returns the bytes of a read on a tape. */
export function toBytes({ begins = '', text = '', ends = '', base64 }: TapeRead): Bytes {
  if (base64 !== undefined) return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return new Uint8Array([...fromHex(begins), ...new TextEncoder().encode(text), ...fromHex(ends)]);
}

/** Decodes bytes as Latin-1: one character for each. */
export const latin1 = (bytes: Iterable<number>): string =>
  Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');

/** Counts the bytes that continue a character of the read before. */
function leadingBytes(bytes: Bytes): number {
  const first = bytes.findIndex((byte) => !isContinuation(byte));
  return Math.min(first === -1 ? bytes.length : first, 3);
}

/** Counts the bytes of an incomplete character at the end. */
function trailingBytes(bytes: Bytes): number {
  const count = [1, 2, 3].find((back) => !isContinuation(bytes[bytes.length - back] ?? 0)) ?? 0;
  const lead = bytes[bytes.length - count] ?? 0;
  const size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  return count < size ? count : 0;
}

const isContinuation = (byte: number): boolean => (byte & 0xc0) === 0x80;

const decodeUtf8 = (bytes: Bytes): string | undefined =>
  attempt(() => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));

const toHex = (bytes: Bytes): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

const fromHex = (hex: string): readonly number[] =>
  (hex.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
