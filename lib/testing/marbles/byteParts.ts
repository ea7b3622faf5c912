import type { Part } from './Part';

/** Returns the bytes of a buffer or of a view, and `undefined` for any other value. */
export function bytesOf(value: object): Uint8Array | undefined {
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  const tag = Object.prototype.toString.call(value);
  return BUFFER_TAGS.has(tag) && 'byteLength' in value ? new Uint8Array(value as ArrayBuffer) : undefined;
}

const BUFFER_TAGS = new Set(['[object ArrayBuffer]', '[object SharedArrayBuffer]']);

/** Returns the first byte that differs, as the text around it if the two texts differ. */
export function byteParts(actual: Uint8Array, expected: Uint8Array | undefined): readonly Part[] {
  if (expected === undefined) return [[' class', 'bytes', 'other']];
  const at = firstDifference(actual, expected);
  if (at === undefined) return [];
  const excerpt = (bytes: Uint8Array): string =>
    new TextDecoder().decode(bytes.slice(Math.max(0, at - 20), at + 20));
  const step = ` byte ${at}`;
  return excerpt(actual) === excerpt(expected)
    ? [[step, actual[at], expected[at]]]
    : [[step, excerpt(actual), excerpt(expected)]];
}

function firstDifference(actual: Uint8Array, expected: Uint8Array): number | undefined {
  const length = Math.max(actual.length, expected.length);
  for (let index = 0; index < length; index++) if (actual[index] !== expected[index]) return index;
  return undefined;
}
