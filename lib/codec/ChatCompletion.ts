import type * as t from 'io-ts';

import { choiceFields } from './choiceFields';
import { toList, toWholeChoice } from './coerce';
import { coerced, reshaped } from './coerced';
import type { CompletionMessage } from './CompletionMessage';
import { fields } from './fields';
import { lenient, lenientNumber, lenientText } from './lenient';
import { list } from './list';
import type { Logprobs } from './Logprobs';
import { Usage } from './Usage';

/** One of the `n` answers of a completion. */
export interface CompletionChoice {
  /** Index of the answer. */
  readonly index?: number | null;
  /** Absent at Azure if its filter withheld the answer. */
  readonly message?: CompletionMessage | null;
  /** Why the answer ended; `null` or `""` at some servers (OpenRouter, Snowflake). */
  readonly finish_reason?: string | null;
  /** A list of tokens; Together sends numbers. */
  readonly logprobs?: Logprobs | number | null;
}

/**
 * A completion: the value of `completion$`, and the sum of the chunks of a stream.
 *
 * Only `choices` is required. Values that do not fit are coerced or left out and unknown fields are kept, as in a
 * {@link ChatCompletionChunk}.
 *
 * @example
 * ```ts
 * import { completion$ } from 'rxjs-chat-completions';
 * import { contentIn } from 'rxjs-chat-completions/fold';
 *
 * completion$({}, { model: 'llama3.2', messages: [{ role: 'user', content: 'Hi' }] }).subscribe({
 *   next: ({ choices, usage }) => {
 *     console.log(contentIn(choices[0]?.message ?? {}), usage?.total_tokens);
 *   },
 *   error: console.error,
 * });
 * ```
 */
export interface ChatCompletion {
  readonly id?: string | null;
  /** `chat.completion`; absent at Copilot. */
  readonly object?: string | null;
  /** Start of the answer, in seconds since 1970. */
  readonly created?: number | null;
  readonly model?: string | null;
  readonly choices: readonly CompletionChoice[];
  readonly usage?: Usage | null;
  readonly service_tier?: string | null;
  readonly system_fingerprint?: string | null;
}

/** The codec of {@link CompletionChoice}. */
export const CompletionChoice: t.Type<CompletionChoice, unknown> = reshaped(
  fields(choiceFields, 'CompletionChoice'),
  toWholeChoice,
);

/** The codec of {@link ChatCompletion}. */
export const ChatCompletion: t.Type<ChatCompletion, unknown> = fields(
  {
    id: lenientText,
    object: lenientText,
    created: lenientNumber,
    model: lenientText,
    usage: lenient(Usage),
    service_tier: lenientText,
    system_fingerprint: lenientText,
  },
  'ChatCompletion',
  { choices: coerced(list(CompletionChoice), toList('message', 'finish_reason')) },
);
