import { isRight, right } from 'fp-ts/Either';

import type { ChatCompletion } from '../codec/ChatCompletion';
import type { ChunkChoice } from '../codec/ChunkChoice';
import { hasOutput } from '../fold/hasOutput';
import { DONE, Failure, type Payload } from './payload';
import { syntheticChunk } from './syntheticChunk';

/**
 * Creates a function that reads the `message` of a choice as its delta, for servers that send a completion as an event.
 *
 * Only until the first output of the stream: Perplexity repeats the text so far in a `message` beside each delta.
 */
export function createMessageReader(): (payload: Payload) => Payload {
  let hasOutputYet = false;
  return (payload) => {
    if (hasOutputYet || payload === DONE || payload instanceof Failure || !isRight(payload)) return payload;
    const chunk = payload.right;
    hasOutputYet = hasOutput(chunk);
    if (hasOutputYet || chunk.choices?.some(hasMessage) !== true) return payload;
    const whole = syntheticChunk(chunk as ChatCompletion);
    hasOutputYet = hasOutput(whole);
    return hasOutputYet ? right(whole) : payload;
  };
}

const hasMessage = ({ message }: ChunkChoice): boolean => message != null;
