import type { OperatorFunction } from 'rxjs';

import type { ChatCompletionChunk } from '../../codec/ChatCompletionChunk';
import type { Decoded } from '../../decode/decode';
import { addReasoning } from '../../fold/reasoning';
import { accumulate } from './accumulate';
import type { FoldOptions } from './FoldOptions';

/**
 * Emits the model's reasoning so far, each time a chunk adds to it.
 *
 * Reads every spelling as one channel: `reasoning` (Ollama, OpenRouter, Groq), `reasoning_content` (llama.cpp, DeepSeek,
 * vLLM), `reasoning_text` (Copilot), `thinking` (gateways), `reasoning_details` (OpenRouter, Snowflake) and content parts of type
 * `thinking` (Mistral).
 *
 * ```text
 * source:                -t-u-h|     t = reasoning 'Hm', u = reasoning ', so', h = content 'Hello'
 * accumulateReasoning(): -x-y--|     x = 'Hm', y = 'Hm, so'
 * ```
 *
 * @param options - The choice to follow, and the policy for a chunk that cannot be decoded.
 * @returns An operator that errors with {@link ChunkFailed} at a `Left`, unless `onChunkError` is another policy. An answer
 * that adds nothing emits its empty value at completion: `''`.
 *
 * @example
 * ```ts
 * import { accumulateReasoning, chatCompletion$ } from 'rxjs-chat-completions';
 *
 * chatCompletion$({}, { model: 'qwen3', messages: [{ role: 'user', content: 'Is 91 a prime?' }] })
 *   .pipe(accumulateReasoning())
 *   .subscribe((thought) => console.log(thought));
 * ```
 */
export function accumulateReasoning(
  options?: FoldOptions,
): OperatorFunction<Decoded<ChatCompletionChunk>, string> {
  return accumulate(addReasoning, '', options);
}
