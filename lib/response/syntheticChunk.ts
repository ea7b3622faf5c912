import { isRight } from 'fp-ts/Either';

import type { ChatCompletion } from '../codec/ChatCompletion';
import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import { Delta } from '../codec/Delta';

/**
 * Returns a completion as the only chunk of a stream: each choice's message is its delta.
 *
 * A server that sends a single chunk as its body has a delta already.
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
        : deltaOf(choice),
    })),
  };
}

function deltaOf(choice: object): Delta | undefined {
  const decoded = Delta.decode('delta' in choice ? choice.delta : undefined);
  return isRight(decoded) ? decoded.right : undefined;
}
