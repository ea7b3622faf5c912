import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';

/**
 * Returns a chunk whose choices without an index are all at index 0; the same chunk if it has none but the first.
 *
 * For requests of one answer: Copilot sends text and tool calls as two choices.
 */
export function asOneAnswer(chunk: ChatCompletionChunk): ChatCompletionChunk {
  const { choices } = chunk;
  return choices?.some(({ index }, place) => place > 0 && index == null) === true
    ? { ...chunk, choices: choices.map((choice) => ({ ...choice, index: choice.index ?? 0 })) }
    : chunk;
}
