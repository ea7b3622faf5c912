import type * as t from 'io-ts';

import { fields } from './fields';
import { lenient, lenientNumber } from './lenient';

/** Tokens of a prompt, by kind. */
export interface PromptTokensDetails {
  /** Tokens that the server read from its prompt cache. */
  readonly cached_tokens?: number | null;
  readonly audio_tokens?: number | null;
}

/** Tokens of an answer, by kind. */
export interface CompletionTokensDetails {
  /** Tokens of the reasoning; part of `completion_tokens`. */
  readonly reasoning_tokens?: number | null;
  readonly audio_tokens?: number | null;
  readonly accepted_prediction_tokens?: number | null;
  readonly rejected_prediction_tokens?: number | null;
}

/**
 * Tokens of a call.
 *
 * Usually in a late chunk without choices. Databricks and Perplexity send a running count in every chunk, Portkey's Anthropic
 * adds it to the chunk with the finish reason: the last usage of a stream is the final one. With `n` above 1 llama.cpp sends one
 * for each choice. Servers add other values, such as `cost`, of any type.
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

const PromptTokensDetails: t.Type<PromptTokensDetails, unknown> = fields(
  { cached_tokens: lenientNumber, audio_tokens: lenientNumber },
  'PromptTokensDetails',
);

const CompletionTokensDetails: t.Type<CompletionTokensDetails, unknown> = fields(
  {
    reasoning_tokens: lenientNumber,
    audio_tokens: lenientNumber,
    accepted_prediction_tokens: lenientNumber,
    rejected_prediction_tokens: lenientNumber,
  },
  'CompletionTokensDetails',
);

/** The codec of {@link Usage}. */
export const Usage: t.Type<Usage, unknown> = fields(
  {
    prompt_tokens: lenientNumber,
    completion_tokens: lenientNumber,
    total_tokens: lenientNumber,
    prompt_tokens_details: lenient(PromptTokensDetails),
    completion_tokens_details: lenient(CompletionTokensDetails),
  },
  'Usage',
);
