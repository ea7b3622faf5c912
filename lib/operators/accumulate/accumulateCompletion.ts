import type { OperatorFunction } from 'rxjs';

import type { ChatCompletion } from '../../codec/ChatCompletion';
import type { ChatCompletionChunk } from '../../codec/ChatCompletionChunk';
import type { Decoded } from '../../decode/decode';
import { addChunk, emptyCompletion } from '../../fold/completion';
import { accumulate } from './accumulate';
import type { FoldOptions } from './FoldOptions';

/**
 * Emits the completion so far: all choices, tool calls, refusal, reasoning, logprobs and usage.
 *
 * The last value equals the completion that the same server returns without streaming. Snapshots share their unchanged
 * parts and are never mutated, so a comparison by identity finds what is new.
 *
 * ```text
 * source:                 -h-l-f-u|     h = 'Hel', l = 'lo', f = finish reason, u = usage
 * accumulateCompletion(): -w-x-y-z|     z = { choices: [{ message: { content: 'Hello' }, … }], usage, … }
 * ```
 *
 * Put `takeUntil(stop$)` above `last` or `reduce`. Below it the partial answer is lost.
 *
 * ```text
 * source:                                            -h-l-----f|
 * stop$:                                             ------x
 * accumulateCompletion(), last(), takeUntil(stop$):  ------|      wrong: the partial answer is lost
 * takeUntil(stop$), accumulateCompletion(), last():  ------(y|)   right: y holds 'Hello'
 * ```
 *
 * @param options - The policy for a chunk that cannot be decoded.
 * @returns An operator that errors with {@link ChunkFailed} at a `Left`, unless `onChunkError` is another policy. An answer
 * that adds nothing emits its empty value at completion: {@link emptyCompletion}.
 *
 * @example
 * ```ts
 * import { last } from 'rxjs';
 * import { accumulateCompletion, chatCompletion$ } from 'rxjs-chat-completions';
 *
 * chatCompletion$({}, { model: 'llama3.2', messages: [{ role: 'user', content: 'Hi' }], n: 2 })
 *   .pipe(accumulateCompletion(), last())
 *   .subscribe(({ choices, usage }) => console.log(choices, usage));
 * ```
 */
export function accumulateCompletion(
  options?: Pick<FoldOptions, 'onChunkError'>,
): OperatorFunction<Decoded<ChatCompletionChunk>, ChatCompletion> {
  return accumulate(addChunk, emptyCompletion, options);
}
