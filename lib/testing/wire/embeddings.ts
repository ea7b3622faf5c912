import { rawBytesOf } from './wire';

/**
 * Vectors of unit length that count words, so that texts with words in common are near each other.
 *
 * @param body - The request's. `dimensions` is 64 unless it says otherwise.
 */
export function embeddingsOf({ input, model, dimensions }: Readonly<Record<string, unknown>>) {
  const texts = (Array.isArray(input) ? input : [input]).map(String);
  const size = typeof dimensions === 'number' ? dimensions : 64;
  const tokens = texts.reduce((sum, text) => sum + wordsOf(text).length, 0);
  return {
    object: 'list',
    data: texts.map((text, index) => ({ object: 'embedding', embedding: vectorOf(text, size), index })),
    model: model ?? 'scripted',
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}

function vectorOf(text: string, size: number): readonly number[] {
  const places = wordsOf(text).map((word) => hashOf(word) % size);
  const counts = Array.from({ length: size }, (_, place) => places.filter((at) => at === place).length);
  const length = Math.hypot(...counts) || 1;
  return counts.map((count) => count / length);
}

const wordsOf = (text: string): readonly string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/** FNV-1a: the same number for the same word, everywhere. */
const hashOf = (word: string): number =>
  rawBytesOf(word).reduce((hash, byte) => Math.imul(hash ^ byte, 0x01000193), 0x811c9dc5) >>> 0;
