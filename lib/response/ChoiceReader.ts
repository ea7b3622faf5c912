import type { ChatCompletion } from '../codec/ChatCompletion';
import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import type { ChunkChoice } from '../codec/ChunkChoice';
import { hasOutput } from '../fold/hasOutput';
import { asOneAnswer } from './asOneAnswer';
import { syntheticChunk } from './syntheticChunk';

/**
 * Reads the choices of one stream, for servers that send them in another form.
 *
 * The `message` of a choice is its delta, for servers that send a completion as an event. Only until the first delta with output:
 * Perplexity repeats the text so far in a `message` beside each delta.
 */
export class ChoiceReader {
  readonly #isOneAnswer: boolean;
  #hasDelta = false;

  /** @param isOneAnswer - Whether the choices without an index are those of one answer; see {@link asOneAnswer}. */
  constructor(isOneAnswer: boolean) {
    this.#isOneAnswer = isOneAnswer;
  }

  /** Returns the same chunk, unless its choices have another form. */
  read(received: ChatCompletionChunk): ChatCompletionChunk {
    const chunk = this.#isOneAnswer ? asOneAnswer(received) : received;
    this.#hasDelta ||= hasOutput(chunk);
    if (this.#hasDelta || chunk.choices?.some(hasMessage) !== true) return chunk;
    const read = syntheticChunk(chunk as ChatCompletion);
    return hasOutput(read) ? read : chunk;
  }
}

const hasMessage = ({ message }: ChunkChoice): boolean => message != null;
