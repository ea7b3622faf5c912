import * as t from 'io-ts';

import { nullable } from './nullable';

/** What the tokens of a prompt were. */
export interface PromptTokensDetails {
  /** Tokens that the server had read before and still knew. */
  readonly cached_tokens?: number | null;
  readonly audio_tokens?: number | null;
}

/** What the tokens of an answer were. */
export interface CompletionTokensDetails {
  /** Tokens the model thought in; part of `completion_tokens`. */
  readonly reasoning_tokens?: number | null;
  readonly audio_tokens?: number | null;
  readonly accepted_prediction_tokens?: number | null;
  readonly rejected_prediction_tokens?: number | null;
}

/**
 * Tokens the call cost.
 *
 * Usually on one late chunk without choices. Databricks and Perplexity count up in every chunk, Portkey's Anthropic
 * puts it on the chunk with the finish reason, so the last one that comes is the one that counts. With `n` above 1
 * llama.cpp sends one for each choice. Servers add values of their own, such as `cost`, of any type.
 *
 * @example
 * ```ts
 * import type { Usage } from 'rxjs-chat-completions';
 *
 * const speed = (usage: Usage, seconds: number): number => (usage.completion_tokens ?? 0) / seconds;
 * ```
 */
export interface Usage {
  readonly prompt_tokens?: number | null;
  /** Includes the reasoning. `null` at Databricks until the last chunk. */
  readonly completion_tokens?: number | null;
  readonly total_tokens?: number | null;
  readonly prompt_tokens_details?: PromptTokensDetails | null;
  readonly completion_tokens_details?: CompletionTokensDetails | null;
}

const count = nullable(t.number);

const PromptTokensDetails: t.Type<PromptTokensDetails, unknown> = t.partial(
  { cached_tokens: count, audio_tokens: count },
  'PromptTokensDetails',
);

const CompletionTokensDetails: t.Type<CompletionTokensDetails, unknown> = t.partial(
  {
    reasoning_tokens: count,
    audio_tokens: count,
    accepted_prediction_tokens: count,
    rejected_prediction_tokens: count,
  },
  'CompletionTokensDetails',
);

/** The codec of {@link Usage}. */
export const Usage: t.Type<Usage, unknown> = t.partial(
  {
    prompt_tokens: count,
    completion_tokens: count,
    total_tokens: count,
    prompt_tokens_details: nullable(PromptTokensDetails),
    completion_tokens_details: nullable(CompletionTokensDetails),
  },
  'Usage',
);
