import type { ChatCompletion } from '../codec/ChatCompletion';
import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';

/** A whole completion as the one chunk of a stream: each choice's message is its delta. */
export function syntheticChunk({ choices, ...completion }: ChatCompletion): ChatCompletionChunk {
  return {
    ...completion,
    object: 'chat.completion.chunk',
    choices: choices.map(({ message, ...choice }, position) => ({
      ...choice,
      index: choice.index ?? position,
      // Calls of a message have no index: their place is it.
      delta: message && {
        ...message,
        tool_calls: message.tool_calls?.map((call, index) => ({ index, ...call })),
      },
    })),
  };
}
