import type { ChatCompletion } from '../codec/ChatCompletion';
import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import type { ChunkChoice } from '../codec/ChunkChoice';
import { hasOutput } from '../fold/hasOutput';
import { syntheticChunk } from './syntheticChunk';

/**
 * Reads the `message` of a choice as its delta, for servers that send a completion as an event.
 *
 * Only until the first output of the stream: Perplexity repeats the text so far in a `message` beside each delta.
 */
export class MessageReader {
  #hasOutput = false;

  /** Returns the same chunk, unless a message in it is the answer. */
  read(chunk: ChatCompletionChunk): ChatCompletionChunk {
    if (this.#hasOutput) return chunk;
    this.#hasOutput = hasOutput(chunk);
    if (this.#hasOutput || chunk.choices?.some(hasMessage) !== true) return chunk;
    const read = syntheticChunk(chunk as ChatCompletion);
    this.#hasOutput = hasOutput(read);
    return this.#hasOutput ? read : chunk;
  }
}

const hasMessage = ({ message }: ChunkChoice): boolean => message != null;
