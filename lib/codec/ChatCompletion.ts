import * as t from 'io-ts';

import { CompletionMessage } from './CompletionMessage';
import { Logprobs } from './Logprobs';
import { nullable } from './nullable';
import { Usage } from './Usage';

/** One of the `n` answers, whole. */
export interface CompletionChoice {
  /** Which answer. */
  readonly index?: number | null;
  /** Absent at Azure when its filter held the answer back. */
  readonly message?: CompletionMessage | null;
  /** Why it ended. `null` or `""` where a server does not say (OpenRouter, Snowflake). */
  readonly finish_reason?: string | null;
  /** A list of tokens; Together sends numbers. */
  readonly logprobs?: Logprobs | number | null;
}

/**
 * A whole answer: what `completion$` gives, and what the chunks of a stream add up to.
 *
 * `choices` is all that is required. Unknown fields are kept, as in a {@link ChatCompletionChunk}.
 *
 * @example
 * ```ts
 * import { completion$, contentIn } from 'rxjs-chat-completions';
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
  /** When the answer began, in seconds since 1970. */
  readonly created?: number | null;
  readonly model?: string | null;
  readonly choices: readonly CompletionChoice[];
  readonly usage?: Usage | null;
  readonly service_tier?: string | null;
  readonly system_fingerprint?: string | null;
}

/** The codec of {@link CompletionChoice}. */
export const CompletionChoice: t.Type<CompletionChoice, unknown> = t.partial(
  {
    index: nullable(t.number),
    message: nullable(CompletionMessage),
    finish_reason: nullable(t.string),
    logprobs: nullable(t.union([Logprobs, t.number])),
  },
  'CompletionChoice',
);

/** The codec of {@link ChatCompletion}. */
export const ChatCompletion: t.Type<ChatCompletion, unknown> = t.intersection(
  [
    t.type({ choices: t.readonlyArray(CompletionChoice) }),
    t.partial({
      id: nullable(t.string),
      object: nullable(t.string),
      created: nullable(t.number),
      model: nullable(t.string),
      usage: nullable(Usage),
      service_tier: nullable(t.string),
      system_fingerprint: nullable(t.string),
    }),
  ],
  'ChatCompletion',
);
