import * as t from 'io-ts';

import { ChunkChoice } from './ChunkChoice';
import { nullable } from './nullable';
import { Usage } from './Usage';

/**
 * One payload of a streamed answer.
 *
 * Only what a fold would trip on is refused: a `choices` that is no list, a `content` that is a number. Everything
 * may be missing or `null`, and what is not listed here is kept as it came: llama.cpp's `timings`, Groq's `x_groq`,
 * Perplexity's `citations`. A codec of your own reads it.
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
  /** The same in all chunks of an answer at OpenAI; another in each at Avian. Ollama's are below 1000 and repeat. */
  readonly id?: string | null;
  /** `chat.completion.chunk`, `""` (Azure), nothing (Copilot), or another word. */
  readonly object?: string | null;
  /** When the answer began, in seconds since 1970; 0 in Azure's first chunk. */
  readonly created?: number | null;
  readonly model?: string | null;
  /**
   * What the chunk adds to which answer.
   *
   * Empty on a chunk that brings usage only and on Azure's first; absent on most chunks of OpenAI's audio models.
   */
  readonly choices?: readonly ChunkChoice[] | null;
  /** Tokens so far; the last that comes counts. */
  readonly usage?: Usage | null;
  /** How the request was served: `default`, `flex`, `on_demand` (Groq), … */
  readonly service_tier?: string | null;
  /** Which build answered; `fp_ollama` at Ollama. */
  readonly system_fingerprint?: string | null;
  /** Padding against eavesdroppers who count bytes; OpenAI. Means nothing. */
  readonly obfuscation?: string | null;
  /** What went wrong in the middle of the answer. `null` is no error (Portkey). */
  readonly error?: unknown;
}

/** The codec of {@link ChatCompletionChunk}. */
export const ChatCompletionChunk: t.Type<ChatCompletionChunk, unknown> = t.partial(
  {
    id: nullable(t.string),
    object: nullable(t.string),
    created: nullable(t.number),
    model: nullable(t.string),
    choices: nullable(t.readonlyArray(ChunkChoice)),
    usage: nullable(Usage),
    service_tier: nullable(t.string),
    system_fingerprint: nullable(t.string),
    obfuscation: nullable(t.string),
    error: t.unknown,
  },
  'ChatCompletionChunk',
);
