import { rawBytesOf } from './wire';

/**
 * Returns a response with vectors of unit length that count words, so texts with words in common are near each other.
 *
 * @param body - The body of the request. `dimensions` defaults to 64.
 */
export function embeddingsOf({ input, model, dimensions }: Readonly<Record<string, unknown>>) {
  const texts = (Array.isArray(input) ? input : [input]).map(String);
  const size = typeof dimensions === 'number' ? dimensions : 64;
  const tokens = texts.reduce((sum, text) => sum + wordsIn(text).length, 0);
  return {
    object: 'list',
    data: texts.map((text, index) => ({ object: 'embedding', embedding: toVector(text, size), index })),
    model: model ?? 'scripted',
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}

function toVector(text: string, size: number): readonly number[] {
  const indices = wordsIn(text).map((word) => hash(word) % size);
  const counts = Array.from({ length: size }, (_, axis) => indices.filter((index) => index === axis).length);
  const length = Math.hypot(...counts) || 1;
  return counts.map((count) => count / length);
}

const wordsIn = (text: string): readonly string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/** Hashes a word with FNV-1a. */
const hash = (word: string): number =>
  rawBytesOf(word).reduce((value, byte) => Math.imul(value ^ byte, 0x01000193), 0x811c9dc5) >>> 0;
