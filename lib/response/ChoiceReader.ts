import type { ChatCompletion } from '../codec/ChatCompletion';
import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import type { ChunkChoice } from '../codec/ChunkChoice';
import { hasOutput } from '../fold/hasOutput';
import { syntheticChunk } from './syntheticChunk';

/**
 * Reads the choices of one response, for servers that send them in another form.
 *
 * The `message` of a choice is its delta, for servers that send a completion as an event. Only until the first delta with output:
 * Perplexity repeats the text so far in a `message` beside each delta.
 */
export class ChoiceReader {
  readonly #isOneAnswer: boolean;
  #hasDelta = false;

  /** @param isOneAnswer - Whether the choices without an index are those of one answer: Copilot sends text and tool calls as two. */
  constructor(isOneAnswer: boolean) {
    this.#isOneAnswer = isOneAnswer;
  }

  /** Returns the same chunk, unless its choices have another form. */
  read(received: ChatCompletionChunk | ChatCompletion): ChatCompletionChunk {
    const chunk = this.#isOneAnswer ? asOneAnswer(received) : received;
    this.#hasDelta ||= hasOutput(chunk);
    return this.#hasDelta || chunk.choices?.some(hasMessage) !== true
      ? chunk
      : syntheticChunk(chunk as ChatCompletion);
  }
}

/** Returns a chunk whose choices without an index are all at index 0; the same chunk if it has none but the first. */
function asOneAnswer(chunk: ChatCompletionChunk): ChatCompletionChunk {
  const { choices } = chunk;
  return choices?.some(({ index }, place) => place > 0 && index == null) === true
    ? { ...chunk, choices: choices.map((choice) => ({ ...choice, index: choice.index ?? 0 })) }
    : chunk;
}

const hasMessage = ({ message }: ChunkChoice): boolean => message != null;
