import type { ChatCompletionChunk } from 'rxjs-chat-completions';
import { contentOf, finishReasonOf, reasoningOf } from 'rxjs-chat-completions/fold';

/** The kind of a chunk, by its first output. */
export type ChunkKind = 'text' | 'reasoning' | 'tool' | 'finish' | 'other';

/** Returns the kind of a chunk and a short description. */
export function kindOf(chunk: ChatCompletionChunk): readonly [kind: ChunkKind, title: string] {
  const text = contentOf(chunk);
  if (text !== '') return ['text', JSON.stringify(text)];
  const reasoning = reasoningOf(chunk);
  if (reasoning !== '') return ['reasoning', JSON.stringify(reasoning)];
  const call = chunk.choices?.[0]?.delta?.tool_calls?.[0];
  if (call) return ['tool', `${call.function?.name ?? ''} ${call.function?.arguments ?? ''}`.trim()];
  const reason = finishReasonOf(chunk);
  if (reason) return ['finish', reason];
  return ['other', chunk.usage ? 'usage' : 'empty delta'];
}
