import type { ChatCompletion } from '../codec/ChatCompletion';
import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import type { ChunkChoice } from '../codec/ChunkChoice';

/**
 * Returns a completion as the only chunk of a stream: each choice's message is its delta.
 *
 * A choice of a chunk that has a delta and no message keeps it.
 */
export function syntheticChunk({ choices, ...completion }: ChatCompletion): ChatCompletionChunk {
  return {
    ...completion,
    object: 'chat.completion.chunk',
    choices: choices.map(({ message, ...choice }, position) => ({
      ...choice,
      index: choice.index ?? position,
      // The calls of a message have no index, so their position is the index.
      delta: message
        ? {
            ...message,
            tool_calls: message.tool_calls?.map((call, index) => ({ index, ...call })),
          }
        : (choice as ChunkChoice).delta,
    })),
  };
}
