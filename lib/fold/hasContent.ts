import type { ChatCompletionChunk } from '../codec/ChatCompletionChunk';
import { refusalOf } from './completion';
import { contentOf } from './content';
import { reasoningOf } from './reasoning';

/** Whether a chunk brings anything of the answer: text, reasoning, a refusal, audio or a piece of a tool call, in any choice. */
export function hasContent(chunk: ChatCompletionChunk): boolean {
  return (chunk.choices ?? []).some(({ index, delta }, position) => {
    const options = { choice: index ?? position };
    return (
      contentOf(chunk, options) !== '' ||
      reasoningOf(chunk, options) !== '' ||
      refusalOf(chunk, options) !== '' ||
      (delta?.tool_calls?.length ?? 0) > 0 ||
      delta?.audio != null
    );
  });
}
