import type { JsonSchema } from '../JsonSchema';

/**
 * Request fields of llama.cpp's `llama-server` that OpenAI does not have.
 *
 * Defaults are those of a server started without options: its command line can set each of them.
 */
export type LlamaCppExtras = {
  /** llama.cpp: number of most likely tokens to sample from; default 40, 0 is off. */
  readonly top_k?: number;
  /** llama.cpp: least probability of a token, relative to the most likely one, 0 to 1; default 0.05, 0 is off. */
  readonly min_p?: number;
  /** Largest distance of a token from the best one, in standard deviations; negative is off. */
  readonly top_n_sigma?: number;
  /** Threshold of locally typical sampling; default 1, off. */
  readonly typical_p?: number;
  /** Largest deviation from the temperature; default 0, off. */
  readonly dynatemp_range?: number;
  /** Exponent that maps uncertainty to temperature within `dynatemp_range`; default 1. */
  readonly dynatemp_exponent?: number;
  /** Penalty on tokens that occurred in the last `repeat_last_n`; 1 is off. */
  readonly repeat_penalty?: number;
  /** Number of last tokens that `repeat_penalty` applies to; default 64, 0 is off. */
  readonly repeat_last_n?: number;
  /** Strength of the DRY penalty on repeated sequences; default 0, off. */
  readonly dry_multiplier?: number;
  /** Base of the DRY penalty, at least 1; default 1.75. */
  readonly dry_base?: number;
  /** Longest repeated sequence without a DRY penalty, in tokens; default 2. */
  readonly dry_allowed_length?: number;
  /** Number of last tokens that DRY applies to. */
  readonly dry_penalty_last_n?: number;
  /** Strings that end a sequence for DRY; not empty. */
  readonly dry_sequence_breakers?: readonly string[];
  /** Probability that XTC removes the most likely tokens, 0 to 1; default 0, off. */
  readonly xtc_probability?: number;
  /** Least probability of a token that XTC may remove, 0 to 1; default 0.1, above 0.5 is off. */
  readonly xtc_threshold?: number;
  /** Version of Mirostat sampling; default 0, off. */
  readonly mirostat?: 0 | 1 | 2;
  /** Target entropy of Mirostat; default 5. */
  readonly mirostat_tau?: number;
  /** Learning rate of Mirostat; default 0.1. */
  readonly mirostat_eta?: number;
  /** Samplers in their order; those not listed are off. */
  readonly samplers?: readonly string[];
  /** Least number of tokens to sample from; default 0. */
  readonly min_keep?: number;
  /** Grammar of the answer, in GBNF. Rejected beside tools. */
  readonly grammar?: string;
  /** Schema of the answer, like that of `response_format`; excludes `grammar`. */
  readonly json_schema?: JsonSchema;
  /** Another spelling of `max_tokens`, which it overrides; default -1, no limit. */
  readonly n_predict?: number;
  /** Number of tokens of the prompt to keep when the context is full; default 0, -1 is all. */
  readonly n_keep?: number;
  /** Another spelling of `top_logprobs`. */
  readonly n_probs?: number;
  /** Whether probabilities are those after sampling; default `false`. */
  readonly post_sampling_probs?: boolean;
  /** Longest time to generate, in milliseconds from the first token, checked after a line break; 0 is off. */
  readonly t_max_predict_ms?: number;
  /** llama.cpp: whether to continue after the end-of-sequence token; default `false`. */
  readonly ignore_eos?: boolean;
  /** Whether to reuse the prompt cache of the slot; default `true`. */
  readonly cache_prompt?: boolean;
  /** Least number of tokens to shift when reusing the cache; default 0, off. */
  readonly n_cache_reuse?: number;
  /** Slot to run in; default -1, any idle slot. */
  readonly id_slot?: number;
  /** Scale of each adapter; 0 for those not listed. */
  readonly lora?: readonly { readonly id: number; readonly scale: number }[];
  /** Whether every chunk has `timings`, and not only the last; default `false`. */
  readonly timings_per_token?: boolean;
  /** Whether chunks with `prompt_progress` are sent during prompt processing; default `false`. */
  readonly return_progress?: boolean;
  /** Whether chunks have the ids of their tokens; default `false`. */
  readonly return_tokens?: boolean;
  /** Seconds without data after which a comment keeps the connection alive; -1 is never. */
  readonly sse_ping_interval?: number;
  /** llama.cpp: variables for the chat template, such as `{ enable_thinking: false }`. */
  readonly chat_template_kwargs?: Readonly<Record<string, unknown>>;
  /**
   * llama.cpp: place of the reasoning: `'none'` leaves it in the text, `'deepseek'` moves it to `reasoning_content`.
   */
  readonly reasoning_format?: 'none' | 'auto' | 'deepseek' | 'deepseek-legacy' | (string & {});
  /** Largest number of tokens of reasoning; -1 is no limit. */
  readonly reasoning_budget_tokens?: number;
  /** llama.cpp: whether the template begins the assistant's turn; default `true`. */
  readonly add_generation_prompt?: boolean;
};
