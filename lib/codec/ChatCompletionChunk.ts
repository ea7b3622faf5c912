import * as t from 'io-ts';

import { ChunkChoice } from './ChunkChoice';
import { toList } from './coerce';
import { coerced } from './coerced';
import { fields } from './fields';
import { lenient } from './lenient';
import { list } from './list';
import { nullable } from './nullable';
import { Usage } from './Usage';
import { lenientNumber, lenientText } from './scalars';

/**
 * A payload of a streamed answer.
 *
 * Any field may be absent or `null`. Fields that the answer depends on (`choices`, `delta`, `content`, `tool_calls`,
 * `finish_reason`) are coerced if their value has a plain meaning, such as a number for text, and rejected otherwise. Any other
 * field whose value does not fit its type is left out; {@link rawOf} returns the chunk as the server sent it. Unknown fields are
 * kept unchanged: llama.cpp's `timings`, Groq's `x_groq`, Perplexity's `citations`. Read them with a codec of your own.
 *
 * @example
 * ```ts
 * import * as t from 'io-ts';
 * import { filter, map } from 'rxjs';
 * import { chatCompletion$, orFail } from 'rxjs-chat-completions';
 *
 * const Timed = t.type({ timings: t.type({ predicted_per_second: t.number }) });
 *
 * chatCompletion$(
 *   { baseURL: 'http://localhost:8080/v1' },
 *   { model: 'any', messages: [{ role: 'user', content: 'Hi' }] },
 * ).pipe(
 *   orFail(),
 *   filter(Timed.is),
 *   map(({ timings }) => `${timings.predicted_per_second} tokens a second`),
 * );
 * ```
 */
export interface ChatCompletionChunk {
  /** Equal in all chunks of an answer at OpenAI, different in each at Avian. Ollama's ids are below 1000 and repeat. */
  readonly id?: string | null;
  /** `chat.completion.chunk`, `""` (Azure), absent (Copilot), or another value. */
  readonly object?: string | null;
  /** Start of the answer, in seconds since 1970; 0 in Azure's first chunk. */
  readonly created?: number | null;
  readonly model?: string | null;
  /**
   * Additions to the answers.
   *
   * Empty in a chunk with usage only and in Azure's first; absent in most chunks of OpenAI's audio models.
   */
  readonly choices?: readonly ChunkChoice[] | null;
  /** Tokens so far; the last usage of a stream is the final one. */
  readonly usage?: Usage | null;
  /** Processing tier of the request: `default`, `flex`, `on_demand` (Groq), … */
  readonly service_tier?: string | null;
  /** Build of the server; `fp_ollama` at Ollama. */
  readonly system_fingerprint?: string | null;
  /** Random padding, so that the size of a chunk does not reveal its text; OpenAI. */
  readonly obfuscation?: string | null;
  /** Error during the answer; `null` means none (Portkey). */
  readonly error?: unknown;
}

/** The codec of {@link ChatCompletionChunk}. */
export const ChatCompletionChunk: t.Type<ChatCompletionChunk, unknown> = fields(
  {
    id: lenientText,
    object: lenientText,
    created: lenientNumber,
    model: lenientText,
    choices: coerced(nullable(list(ChunkChoice)), toList('delta', 'message', 'finish_reason')),
    usage: lenient(Usage),
    service_tier: lenientText,
    system_fingerprint: lenientText,
    obfuscation: lenientText,
    error: t.unknown,
  },
  'ChatCompletionChunk',
);
