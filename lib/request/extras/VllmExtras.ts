import type { JsonSchema } from '../JsonSchema';

/** A constraint for {@link VllmExtras.structured_outputs}; set exactly one field of the first six. */
export type VllmStructuredOutputs = {
  readonly json?: JsonSchema | string;
  readonly regex?: string;
  /** The possible answers. */
  readonly choice?: readonly string[];
  /** A grammar in EBNF. */
  readonly grammar?: string;
  /** Any JSON object. */
  readonly json_object?: boolean;
  readonly structural_tag?: string;
  /** Allowed white space in JSON, as a regular expression. */
  readonly whitespace_pattern?: string;
  readonly disable_any_whitespace?: boolean;
  readonly disable_additional_properties?: boolean;
};

/** Request fields of vLLM that OpenAI does not have; vLLM ignores unknown names. */
export type VllmExtras = {
  /** vLLM: number of most likely tokens to sample from; default 0, off. */
  readonly top_k?: number;
  /** vLLM: least probability of a token, relative to the most likely one, 0 to 1; default 0, off. */
  readonly min_p?: number;
  /** vLLM: penalty on tokens that occurred in the prompt or the answer; default 1, off. */
  readonly repetition_penalty?: number;
  /** Whether to search with `n` beams instead of sampling; default `false`. */
  readonly use_beam_search?: boolean;
  /** Weight of the length in a beam search; default 1. */
  readonly length_penalty?: number;
  /** Token ids that end the answer. */
  readonly stop_token_ids?: readonly number[];
  /** Whether the answer includes the stop string; default `false`. */
  readonly include_stop_str_in_output?: boolean;
  /** vLLM: whether to continue after the end-of-sequence token; default `false`. */
  readonly ignore_eos?: boolean;
  /** Least number of tokens of the answer; default 0. */
  readonly min_tokens?: number;
  /** Whether the text leaves out special tokens; default `true`. */
  readonly skip_special_tokens?: boolean;
  /** Whether special tokens are separated by a space; default `true`. */
  readonly spaces_between_special_tokens?: boolean;
  /** Number of tokens to keep from the end of the prompt; -1 is the length of the context. */
  readonly truncate_prompt_tokens?: number;
  /** Number of alternatives to report for each token of the prompt. */
  readonly prompt_logprobs?: number;
  /** The only token ids to sample from. */
  readonly allowed_token_ids?: readonly number[];
  /** Words that the answer must not contain. */
  readonly bad_words?: readonly string[];
  /** Whether the answer repeats the last message, if it is the assistant's; default `false`. */
  readonly echo?: boolean;
  /** vLLM: whether the template begins the assistant's turn; default `true`. */
  readonly add_generation_prompt?: boolean;
  /** Whether to continue the last message; requires `add_generation_prompt: false`. */
  readonly continue_final_message?: boolean;
  /** Whether special tokens are added to the output of the template; default `false`. */
  readonly add_special_tokens?: boolean;
  /** vLLM: texts for templates with retrieval, usually with `title` and `text`. */
  readonly documents?: readonly Readonly<Record<string, unknown>>[];
  /** Chat template in Jinja that replaces the model's; a server may reject it. */
  readonly chat_template?: string;
  /** vLLM: variables for the chat template, such as `{ enable_thinking: false }`. */
  readonly chat_template_kwargs?: Readonly<Record<string, unknown>>;
  /** Options for the model's processor of images and audio. */
  readonly mm_processor_kwargs?: Readonly<Record<string, unknown>>;
  /** Constraint of the answer; replaces the `guided_` fields of older versions. */
  readonly structured_outputs?: VllmStructuredOutputs;
  /** @deprecated Newer versions ignore it: use `structured_outputs.json`. */
  readonly guided_json?: JsonSchema | string;
  /** @deprecated Newer versions ignore it: use `structured_outputs.regex`. */
  readonly guided_regex?: string;
  /** @deprecated Newer versions ignore it: use `structured_outputs.choice`. */
  readonly guided_choice?: readonly string[];
  /** @deprecated Newer versions ignore it: use `structured_outputs.grammar`. */
  readonly guided_grammar?: string;
  /** @deprecated Newer versions ignore it: the server chooses. */
  readonly guided_decoding_backend?: string;
  /** @deprecated Newer versions ignore it: use `structured_outputs.whitespace_pattern`. */
  readonly guided_whitespace_pattern?: string;
  /** vLLM: whether the answer has the reasoning; default `true`. */
  readonly include_reasoning?: boolean;
  /** Largest number of tokens of reasoning; -1 is no limit. */
  readonly thinking_token_budget?: number;
  /** Priority; a lower value is served earlier, default 0. Rejected by a server without priority scheduling. */
  readonly priority?: number;
  /** Id of the request in the log of the server and in the id of the answer. */
  readonly request_id?: string;
  /** Whether tokens of log probabilities are written as `token_id:1234`; default `false`. */
  readonly return_tokens_as_token_ids?: boolean;
  /** Whether chunks have the ids of their tokens; default `false`. */
  readonly return_token_ids?: boolean;
  /**
   * Secret text that keeps the prompt cache of one user from being probed by another; 1 to 1024 characters.
   */
  readonly cache_salt?: string;
  /** For a server that splits reading the prompt from writing the answer. */
  readonly kv_transfer_params?: Readonly<Record<string, unknown>>;
  /** Parameters of the server's own extensions. */
  readonly vllm_xargs?: Readonly<Record<string, unknown>>;
};
