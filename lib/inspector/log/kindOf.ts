import type { ChatCompletionChunk } from '../../codec/ChatCompletionChunk';
import { finishReasonOf } from '../../fold/completion';
import { contentOf } from '../../fold/content';
import { reasoningOf } from '../../fold/reasoning';
import { shortTitle } from './Marble';

/** Kinds of chunks, by their first output. */
export type ChunkKind = 'text' | 'reasoning' | 'tool' | 'finish' | 'other';

/**
 * Returns the kind of a chunk and a short description.
 *
 * @example
 * ```ts
 * import { kindOf } from 'rxjs-chat-completions/inspector';
 *
 * const [kind, title] = kindOf({ choices: [{ index: 0, delta: { content: 'Hel' } }] });
 * console.assert(kind === 'text' && title === '"Hel"');
 * ```
 */
export function kindOf(chunk: ChatCompletionChunk): readonly [kind: ChunkKind, title: string] {
  const text = contentOf(chunk);
  if (text !== '') return ['text', shortTitle(JSON.stringify(text))];
  const reasoning = reasoningOf(chunk);
  if (reasoning !== '') return ['reasoning', shortTitle(JSON.stringify(reasoning))];
  const call = chunk.choices?.[0]?.delta?.tool_calls?.[0];
  if (call)
    return ['tool', shortTitle(`${call.function?.name ?? ''} ${call.function?.arguments ?? ''}`.trim())];
  const reason = finishReasonOf(chunk);
  if (reason) return ['finish', reason];
  return ['other', chunk.usage ? 'usage' : 'empty delta'];
}
