import type { JsonSchema } from './JsonSchema';

// Types and not interfaces: only a type alias fits the open end of ServerExtras, its index signature.

/**
 * What Ollama's `/v1/chat/completions` reads beyond OpenAI's fields.
 *
 * It is all: `options` (and with it `num_ctx`), `think`, `keep_alive` and `format` belong to Ollama's own API
 * and are ignored on `/v1`, without a word. Set the context size in a Modelfile or by
 * `OLLAMA_CONTEXT_LENGTH`, and thinking by `reasoning_effort`.
 */
export type OllamaExtras = {
  /** Ollama: another spelling of `reasoning_effort`; wins over it. An unknown word is answered with 400. */
  readonly reasoning?: { readonly effort?: string };
};

/**
 * What llama.cpp's `llama-server` reads beyond OpenAI's fields.
 *
 * Defaults are those of a server started without options: every one of these can be set on its command line
 * too.
 */
export type LlamaCppExtras = {
  /** llama.cpp: sample from the k likeliest tokens; 40 by default, 0 is off. */
  readonly top_k?: number;
  /**
   * llama.cpp: drop tokens less likely than this share of the likeliest, 0 to 1; 0.05 by default, 0 is off.
   */
  readonly min_p?: number;
  /** Keep tokens within so many standard deviations of the best one; negative is off. */
  readonly top_n_sigma?: number;
  /** Locally typical sampling; 1, the default, is off. */
  readonly typical_p?: number;
  /** Vary the temperature by so much up and down; 0, the default, is off. */
  readonly dynatemp_range?: number;
  /** How uncertainty maps to temperature within `dynatemp_range`; 1 by default. */
  readonly dynatemp_exponent?: number;
  /** Penalty on tokens that occurred in the last `repeat_last_n`; 1 is off. */
  readonly repeat_penalty?: number;
  /** How many tokens back `repeat_penalty` looks; 64 by default, 0 is off. */
  readonly repeat_last_n?: number;
  /** Strength of the DRY penalty on repeated sequences; 0, the default, is off. */
  readonly dry_multiplier?: number;
  /** Base of the DRY penalty, at least 1; 1.75 by default. */
  readonly dry_base?: number;
  /** Length, in tokens, that a sequence may repeat before DRY counts it; 2 by default. */
  readonly dry_allowed_length?: number;
  /** How many tokens back DRY looks. */
  readonly dry_penalty_last_n?: number;
  /** Strings at which a sequence ends for DRY; not empty. */
  readonly dry_sequence_breakers?: readonly string[];
  /** Chance, 0 to 1, that XTC removes the likeliest tokens; 0, the default, is off. */
  readonly xtc_probability?: number;
  /** How likely a token must be for XTC to count it, 0 to 1; 0.1 by default, above 0.5 is off. */
  readonly xtc_threshold?: number;
  /** Mirostat sampling: 0, the default, is off; 1 and 2 are its versions. */
  readonly mirostat?: 0 | 1 | 2;
  /** Mirostat's target entropy; 5 by default. */
  readonly mirostat_tau?: number;
  /** Mirostat's learning rate; 0.1 by default. */
  readonly mirostat_eta?: number;
  /** The samplers to run, in this order; one left out is off. */
  readonly samplers?: readonly string[];
  /** Leave at least so many tokens to choose from; 0 by default. */
  readonly min_keep?: number;
  /** A grammar in GBNF that the answer has to follow. Refused beside tools. */
  readonly grammar?: string;
  /** A schema that the answer has to fit, as `response_format` has it; not beside `grammar`. */
  readonly json_schema?: JsonSchema;
  /** As `max_tokens`, and wins over it; -1, the default, is no limit. */
  readonly n_predict?: number;
  /** How many tokens of the prompt stay when the context is full; -1 is all, 0 the default. */
  readonly n_keep?: number;
  /** How many alternatives to report for each token; as `top_logprobs`. */
  readonly n_probs?: number;
  /** Report probabilities after sampling and not before; `false` by default. */
  readonly post_sampling_probs?: boolean;
  /** Longest time to write, in milliseconds from the first token, once there was a line break; 0 is off. */
  readonly t_max_predict_ms?: number;
  /** llama.cpp: go on past the token that ends the answer; `false` by default. */
  readonly ignore_eos?: boolean;
  /** Compute only what differs from the slot's last prompt; `true` by default. */
  readonly cache_prompt?: boolean;
  /** Least number of tokens to move when reusing the cache; 0, the default, is off. */
  readonly n_cache_reuse?: number;
  /** The slot to run in; -1, the default, is any that is free. */
  readonly id_slot?: number;
  /** Adapters for this request by their number, 0 for those left out. */
  readonly lora?: readonly { readonly id: number; readonly scale: number }[];
  /** Put `timings` on every chunk and not on the last only; `false` by default. */
  readonly timings_per_token?: boolean;
  /** Send chunks with `prompt_progress` while the prompt is read; `false` by default. */
  readonly return_progress?: boolean;
  /** Send the ids of the tokens as well; `false` by default. */
  readonly return_tokens?: boolean;
  /** Seconds of silence after which a comment is sent to keep the connection alive; -1 is never. */
  readonly sse_ping_interval?: number;
  /** llama.cpp: variables for the chat template, such as `{ enable_thinking: false }`. */
  readonly chat_template_kwargs?: Readonly<Record<string, unknown>>;
  /**
   * llama.cpp: how thinking is told from the answer: `'none'` leaves it in the text, `'deepseek'` is
   * `reasoning_content`.
   */
  readonly reasoning_format?: 'none' | 'auto' | 'deepseek' | 'deepseek-legacy' | (string & {});
  /** Most tokens to think for; -1 is no limit. */
  readonly reasoning_budget_tokens?: number;
  /** llama.cpp: whether the template opens the assistant's turn; `true` by default. */
  readonly add_generation_prompt?: boolean;
};

/** One way for {@link VllmExtras.structured_outputs} to constrain the answer; name exactly one. */
export type VllmStructuredOutputs = {
  readonly json?: JsonSchema | string;
  readonly regex?: string;
  /** The answer is one of these. */
  readonly choice?: readonly string[];
  /** A grammar in EBNF. */
  readonly grammar?: string;
  /** Any JSON object. */
  readonly json_object?: boolean;
  readonly structural_tag?: string;
  /** What counts as white space in JSON, as a regular expression. */
  readonly whitespace_pattern?: string;
  readonly disable_any_whitespace?: boolean;
  readonly disable_additional_properties?: boolean;
};

/** What vLLM reads beyond OpenAI's fields; it ignores names it does not know. */
export type VllmExtras = {
  /** vLLM: sample from the k likeliest tokens; 0, the default, is off. */
  readonly top_k?: number;
  /** vLLM: drop tokens less likely than this share of the likeliest, 0 to 1; 0, the default, is off. */
  readonly min_p?: number;
  /** vLLM: penalty on tokens that occurred in the prompt or the answer; 1, the default, is off. */
  readonly repetition_penalty?: number;
  /** Search with `n` beams and do not sample; `false` by default. */
  readonly use_beam_search?: boolean;
  /** How a beam search weighs length; 1 by default. */
  readonly length_penalty?: number;
  /** Token ids that end the answer. */
  readonly stop_token_ids?: readonly number[];
  /** Keep the stop string in the answer; `false` by default. */
  readonly include_stop_str_in_output?: boolean;
  /** vLLM: go on past the token that ends the answer; `false` by default. */
  readonly ignore_eos?: boolean;
  /** Fewest tokens before the answer may end; 0 by default. */
  readonly min_tokens?: number;
  /** Leave special tokens out of the text; `true` by default. */
  readonly skip_special_tokens?: boolean;
  /** Put a space between special tokens in the text; `true` by default. */
  readonly spaces_between_special_tokens?: boolean;
  /** Keep only so many tokens of the prompt, from its end; -1 is what the model can hold. */
  readonly truncate_prompt_tokens?: number;
  /** Report log probabilities of the prompt, with so many alternatives for each token. */
  readonly prompt_logprobs?: number;
  /** The only token ids to sample from. */
  readonly allowed_token_ids?: readonly number[];
  /** Words that must not occur. */
  readonly bad_words?: readonly string[];
  /** Begin the answer with the last message, if it is the assistant's; `false` by default. */
  readonly echo?: boolean;
  /** vLLM: whether the template opens the assistant's turn; `true` by default. */
  readonly add_generation_prompt?: boolean;
  /** Go on with the last message; wants `add_generation_prompt: false`. */
  readonly continue_final_message?: boolean;
  /** Add special tokens to what the template made; `false` by default. */
  readonly add_special_tokens?: boolean;
  /** vLLM: texts for templates that know retrieval, usually with `title` and `text`. */
  readonly documents?: readonly Readonly<Record<string, unknown>>[];
  /** A chat template in Jinja, in place of the model's; a server may refuse it. */
  readonly chat_template?: string;
  /** vLLM: variables for the chat template, such as `{ enable_thinking: false }`. */
  readonly chat_template_kwargs?: Readonly<Record<string, unknown>>;
  /** Options for the model's processor of images and sound. */
  readonly mm_processor_kwargs?: Readonly<Record<string, unknown>>;
  /** Constrains the answer; in place of the `guided_` fields of older versions. */
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
  /** vLLM: whether to send what the model thought; `true` by default. */
  readonly include_reasoning?: boolean;
  /** Most tokens to think for; -1 is no limit. */
  readonly thinking_token_budget?: number;
  /** Lower is served earlier; 0 by default. Refused by a server without priority scheduling. */
  readonly priority?: number;
  /** Names the request in the server's log and in the answer's id. */
  readonly request_id?: string;
  /** Write tokens in log probabilities as `token_id:1234`; `false` by default. */
  readonly return_tokens_as_token_ids?: boolean;
  /** Send the ids of the tokens as well; `false` by default. */
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

/** How long and how openly a model of OpenRouter's thinks. */
export type OpenRouterReasoning = {
  /** As `reasoning_effort`; not beside `max_tokens`. */
  readonly effort?: string;
  /** Most tokens to think for; not beside `effort`. */
  readonly max_tokens?: number;
  /** Think, but do not send it; `false` by default. */
  readonly exclude?: boolean;
  /** Think at all; follows from the other fields by default. */
  readonly enabled?: boolean;
  /** How detailed a summary of the thinking is. */
  readonly summary?: 'auto' | 'concise' | 'detailed' | (string & {});
};

/** A limit, or one for each percentile of what was measured lately; a plain number counts for the median. */
export type OpenRouterCutoff =
  number | { readonly p50?: number; readonly p75?: number; readonly p90?: number; readonly p99?: number };

/** Which of the providers that serve a model OpenRouter asks, and in which order. */
export type OpenRouterProvider = {
  /** Providers to try first, in this order. */
  readonly order?: readonly string[];
  /** Providers to use, and no others. */
  readonly only?: readonly string[];
  /** Providers not to use. */
  readonly ignore?: readonly string[];
  /** Go on to other providers when the first one fails; `true` by default. */
  readonly allow_fallbacks?: boolean;
  /** Only providers that know every field of this request; others drop the rest. `false` by default. */
  readonly require_parameters?: boolean;
  /** `'deny'`: only providers that do not keep what is sent. */
  readonly data_collection?: 'allow' | 'deny';
  /** Only endpoints that keep nothing at all. */
  readonly zdr?: boolean;
  /** Only models whose authors allow their text to train others. */
  readonly enforce_distillable_text?: boolean;
  /** Such as `'fp8'` or `'int4'`. */
  readonly quantizations?: readonly string[];
  /** What to sort by, which also ends the balancing of load. */
  readonly sort?:
    | 'price'
    | 'throughput'
    | 'latency'
    | (string & {})
    | { readonly by?: string; readonly partition?: 'model' | 'none' | (string & {}) };
  /** The most to pay, in US dollars: for a million tokens, a request, an image. */
  readonly max_price?: {
    readonly prompt?: number | string;
    readonly completion?: number | string;
    readonly request?: number | string;
    readonly image?: number | string;
    readonly audio?: number | string;
  };
  /** Slower endpoints than this, in seconds, come last. */
  readonly preferred_max_latency?: OpenRouterCutoff;
  /** Slower endpoints than this, in tokens a second, come last. */
  readonly preferred_min_throughput?: OpenRouterCutoff;
};

/** A plugin of OpenRouter's by its `id`, with its settings beside. */
export type OpenRouterPlugin = {
  readonly id:
    | 'web'
    | 'file-parser'
    | 'response-healing'
    | 'context-compression'
    | 'auto-router'
    | 'moderation'
    | (string & {});
  /** Off for this request when `false`. */
  readonly enabled?: boolean;
  readonly [setting: string]: unknown;
};

/** What OpenRouter reads beyond OpenAI's fields. */
export type OpenRouterExtras = {
  /** Models to try after `model`, in this order. */
  readonly models?: readonly string[];
  /** An older companion of `models`, for which it always was `'fallback'`. */
  readonly route?: 'fallback' | (string & {});
  readonly provider?: OpenRouterProvider;
  readonly plugins?: readonly OpenRouterPlugin[];
  /** An older spelling of the plugin `context-compression`; `[]` keeps a long prompt whole. */
  readonly transforms?: readonly ('middle-out' | (string & {}))[];
  /** OpenRouter: how long and how openly to think; `effort` as `reasoning_effort`. */
  readonly reasoning?: OpenRouterReasoning;
  /** OpenRouter: an older spelling of `reasoning: { exclude }`, turned round. */
  readonly include_reasoning?: boolean;
  /** Puts the price and cached tokens into `usage`; newer versions always do. */
  readonly usage?: { readonly include?: boolean };
  /** OpenRouter: sample from the k likeliest tokens. */
  readonly top_k?: number;
  /** Drop tokens by the square of the likeliest one's probability, 0 to 1; 0, the default, is off. */
  readonly top_a?: number;
  /** OpenRouter: drop tokens less likely than this share of the likeliest, 0 to 1; 0, the default, is off. */
  readonly min_p?: number;
  /** OpenRouter: penalty on tokens that occurred before, 0 to 2; 1, the default, is off. */
  readonly repetition_penalty?: number;
  /** Ties requests together, so that one provider's prompt cache serves them all; at most 256 characters. */
  readonly session_id?: string;
  /** Names for the systems that observe your requests, such as `trace_id` and `span_name`. */
  readonly trace?: Readonly<Record<string, unknown>>;
  /** Puts a cache breakpoint at the end of what can be cached, for Anthropic's models. */
  readonly cache_control?: { readonly type: 'ephemeral'; readonly ttl?: '5m' | '1h' | (string & {}) };
  /** Settings of models that draw; `modalities` then has `'image'`. */
  readonly image_config?: Readonly<Record<string, unknown>>;
  /** `echo_upstream_body` shows, in the first chunk, what the provider was sent. */
  readonly debug?: { readonly echo_upstream_body?: boolean };
};

/** What DeepSeek reads beyond OpenAI's fields; servers of Z.ai and Moonshot know the same field. */
export type DeepSeekExtras = {
  /**
   * Whether the model thinks first; `'enabled'` by default in newer models, which then ignore `temperature`.
   */
  readonly thinking?: { readonly type: 'enabled' | 'disabled' | (string & {}) };
};

/** What Groq reads beyond OpenAI's fields. */
export type GroqExtras = {
  /**
   * Groq: `'parsed'`: in a field of its own; `'raw'`: in the text; `'hidden'`: not at all. Not beside
   * `include_reasoning`.
   */
  readonly reasoning_format?: 'parsed' | 'raw' | 'hidden' | (string & {});
  /** Groq: whether to send what the model thought. */
  readonly include_reasoning?: boolean;
  /** Groq: texts to answer from. */
  readonly documents?: readonly Readonly<Record<string, unknown>>[];
  /** Whether the answer cites them; `'enabled'` by default. */
  readonly citation_options?: 'enabled' | 'disabled';
  /** Let the model call tools that are not in `tools`; `false` by default. */
  readonly disable_tool_validation?: boolean;
  /** Where a model that searches the web looks. */
  readonly search_settings?: {
    readonly country?: string;
    readonly include_domains?: readonly string[];
    readonly exclude_domains?: readonly string[];
    readonly include_images?: boolean;
  };
  /** Models and tools of the Compound systems. */
  readonly compound_custom?: Readonly<Record<string, unknown>>;
};

/** What Mistral reads beyond OpenAI's fields. */
export type MistralExtras = {
  /** Its spelling of `seed`, which it does not know. */
  readonly random_seed?: number;
  /** Put a text about safety before the conversation; `false` by default. */
  readonly safe_prompt?: boolean;
  /** `'reasoning'` puts the system prompt of its reasoning models before the conversation. */
  readonly prompt_mode?: 'reasoning' | (string & {}) | null;
  readonly guardrails?: readonly Readonly<Record<string, unknown>>[];
};

/**
 * What a server reads beyond OpenAI's fields.
 *
 * Every entry becomes a field at the top level of the JSON body, untouched. Names known here are checked and
 * explained as you type; any other name passes with any value, because servers add fields faster than a
 * library is released. Where servers share a name, it has one type here. `satisfies VllmExtras` holds a value
 * to one server; a `Record<string, unknown>` passes unchecked.
 *
 * An entry wins over a field of the same name, and so can send what the field's type refuses. No extras are
 * `stream`, which the call sets, and `stream_options`, which the call completes.
 *
 * @example
 * ```ts
 * import type { LlamaCppExtras, ServerExtras, VllmExtras } from 'rxjs-chat-completions';
 *
 * const vllm = { structured_outputs: { choice: ['yes', 'no'] }, min_p: 0.1 } satisfies VllmExtras;
 * const llamaCpp = { grammar: 'root ::= "yes" | "no"', cache_prompt: true } satisfies LlamaCppExtras;
 * const another: ServerExtras = { top_k: 20, field_of_tomorrow: true };
 * ```
 */
export type ServerExtras = OllamaExtras &
  LlamaCppExtras &
  VllmExtras &
  OpenRouterExtras &
  DeepSeekExtras &
  GroqExtras &
  MistralExtras & {
    /** Set by the call: `chatCompletion$` streams, `completion$` does not. */
    readonly stream?: never;
    /** Belongs into the field of that name. */
    readonly stream_options?: never;
    readonly [field: string]: unknown;
  };
