/** Options for the reasoning of a model at OpenRouter. */
export type OpenRouterReasoning = {
  /** Another spelling of `reasoning_effort`; excludes `max_tokens`. */
  readonly effort?: string;
  /** Largest number of tokens of reasoning; excludes `effort`. */
  readonly max_tokens?: number;
  /** Whether the answer leaves out the reasoning; default `false`. */
  readonly exclude?: boolean;
  /** Whether the model reasons; the default depends on the other fields. */
  readonly enabled?: boolean;
  /** Detail of a summary of the reasoning. */
  readonly summary?: 'auto' | 'concise' | 'detailed' | (string & {});
};

/** A limit for the median of recent measurements, or limits for several percentiles. */
export type OpenRouterCutoff =
  number | { readonly p50?: number; readonly p75?: number; readonly p90?: number; readonly p99?: number };

/** Selection and order of the providers that OpenRouter sends a request to. */
export type OpenRouterProvider = {
  /** Providers to try first, in this order. */
  readonly order?: readonly string[];
  /** Only providers to use. */
  readonly only?: readonly string[];
  /** Providers not to use. */
  readonly ignore?: readonly string[];
  /** Whether to try other providers if the first one fails; default `true`. */
  readonly allow_fallbacks?: boolean;
  /** Whether to use only providers that support every field of the request; default `false`. */
  readonly require_parameters?: boolean;
  /** `'deny'`: only providers that do not store the request. */
  readonly data_collection?: 'allow' | 'deny';
  /** Whether to use only endpoints without any data retention. */
  readonly zdr?: boolean;
  /** Whether to use only models whose authors allow distillation. */
  readonly enforce_distillable_text?: boolean;
  /** Accepted quantizations, such as `'fp8'` or `'int4'`. */
  readonly quantizations?: readonly string[];
  /** Order of the providers; disables load balancing. */
  readonly sort?:
    | 'price'
    | 'throughput'
    | 'latency'
    | (string & {})
    | { readonly by?: string; readonly partition?: 'model' | 'none' | (string & {}) };
  /** Highest price in US dollars: for a million tokens, a request, an image. */
  readonly max_price?: {
    readonly prompt?: number | string;
    readonly completion?: number | string;
    readonly request?: number | string;
    readonly image?: number | string;
    readonly audio?: number | string;
  };
  /** Latency in seconds; slower endpoints are tried last. */
  readonly preferred_max_latency?: OpenRouterCutoff;
  /** Throughput in tokens a second; slower endpoints are tried last. */
  readonly preferred_min_throughput?: OpenRouterCutoff;
};

/** A plugin of OpenRouter by its `id`, and its settings. */
export type OpenRouterPlugin = {
  readonly id:
    | 'web'
    | 'file-parser'
    | 'response-healing'
    | 'context-compression'
    | 'auto-router'
    | 'moderation'
    | (string & {});
  /** Whether the plugin runs for this request; default `true`. */
  readonly enabled?: boolean;
  readonly [setting: string]: unknown;
};

/** Request fields of OpenRouter that OpenAI does not have. */
export type OpenRouterExtras = {
  /** Models to try after `model`, in this order. */
  readonly models?: readonly string[];
  /** Deprecated companion of `models`; always `'fallback'`. */
  readonly route?: 'fallback' | (string & {});
  readonly provider?: OpenRouterProvider;
  readonly plugins?: readonly OpenRouterPlugin[];
  /** An older spelling of the plugin `context-compression`; `[]` keeps a long prompt unchanged. */
  readonly transforms?: readonly ('middle-out' | (string & {}))[];
  /** OpenRouter: options for the reasoning. */
  readonly reasoning?: OpenRouterReasoning;
  /** OpenRouter: an older spelling of `reasoning: { exclude }`, with the opposite value. */
  readonly include_reasoning?: boolean;
  /** Whether `usage` has the price and the cached tokens; newer versions always add them. */
  readonly usage?: { readonly include?: boolean };
  /** OpenRouter: number of most likely tokens to sample from. */
  readonly top_k?: number;
  /** Least probability of a token, relative to the square of the highest one, 0 to 1; default 0, off. */
  readonly top_a?: number;
  /** OpenRouter: least probability of a token, relative to the most likely one, 0 to 1; default 0, off. */
  readonly min_p?: number;
  /** OpenRouter: penalty on tokens that have occurred, 0 to 2; default 1, off. */
  readonly repetition_penalty?: number;
  /** Id of a session, whose requests share the prompt cache of one provider; at most 256 characters. */
  readonly session_id?: string;
  /** Metadata for observability, such as `trace_id` and `span_name`. */
  readonly trace?: Readonly<Record<string, unknown>>;
  /** Cache breakpoint at the end of the cacheable prompt, for Anthropic's models. */
  readonly cache_control?: { readonly type: 'ephemeral'; readonly ttl?: '5m' | '1h' | (string & {}) };
  /** Options for image generation, with `'image'` in `modalities`. */
  readonly image_config?: Readonly<Record<string, unknown>>;
  /** `echo_upstream_body` adds the request to the provider to the first chunk. */
  readonly debug?: { readonly echo_upstream_body?: boolean };
};
