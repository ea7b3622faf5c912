import type { ChatCompletion } from '../codec/ChatCompletion';
import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import type { ChunkChoice } from '../codec/ChunkChoice';
import { hasOutput } from '../fold/hasOutput';
import { syntheticChunk } from './syntheticChunk';

/**
 * Creates a function that reads the `message` of a choice as its delta, for servers that send a completion as an event.
 *
 * Only until the first output of the stream: Perplexity repeats the text so far in a `message` beside each delta.
 */
export function createMessageReader(): (chunk: ChatCompletionChunk) => ChatCompletionChunk {
  let hasOutputYet = false;
  return (chunk) => {
    if (hasOutputYet) return chunk;
    hasOutputYet = hasOutput(chunk);
    if (hasOutputYet || chunk.choices?.some(hasMessage) !== true) return chunk;
    const whole = syntheticChunk(chunk as ChatCompletion);
    hasOutputYet = hasOutput(whole);
    return hasOutputYet ? whole : chunk;
  };
}

const hasMessage = ({ message }: ChunkChoice): boolean => message != null;
