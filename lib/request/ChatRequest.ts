import type { AudioOutput } from './AudioOutput';
import type { ServerExtras } from './extras/ServerExtras';
import type { Message } from './Message';
import type { Moderation } from './Moderation';
import type { Prediction } from './Prediction';
import type { PromptCacheOptions } from './PromptCacheOptions';
import type { ResponseFormat } from './ResponseFormat';
import type { StreamOptions } from './StreamOptions';
import type { FunctionDefinition, Tool, ToolChoice } from './Tool';
import type { WebSearchOptions } from './WebSearchOptions';

/**
 * Effort that a model spends on reasoning before it answers.
 *
 * Each model of OpenAI accepts some of these values. Ollama accepts all, treats `'minimal'` as `'low'` and `'xhigh'` as
 * `'max'`, and responds to any other with 400. Its models reason by default if they can: only `'none'` stops them. Groq adds
 * `'default'`.
 */
export type ReasoningEffort =
  'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max' | (string & {});

/**
 * The body of `POST /chat/completions`, without the fields that the call sets.
 *
 * Fields have the names and meanings of OpenAI's API reference, so its guides apply. Servers known to ignore or reject a field
 * are named at the field. `null` selects the server's default, as does leaving the field out. Ollama's `/v1` reads `model`,
 * `messages`, `max_tokens`, `seed`, `stop`, `temperature`, `top_p`, both penalties, `response_format`, `tools`,
 * `reasoning_effort`, `logprobs`, `top_logprobs` and `stream_options.include_usage`, and ignores the rest. Fields of other
 * servers belong in `extra`.
 *
 * @example A question
 * ```ts
 * import type { ChatRequest } from 'rxjs-chat-completions';
 *
 * const request: ChatRequest = {
 *   model: 'llama3.2',
 *   messages: [{ role: 'user', content: 'Why is the sky blue?' }],
 * };
 * ```
 *
 * @example A question with a tool, an image and settings
 * ```ts
 * import type { ChatRequest } from 'rxjs-chat-completions';
 *
 * const request: ChatRequest = {
 *   model: 'qwen3-vl',
 *   messages: [
 *     { role: 'system', content: 'You help people to dress for the weather.' },
 *     {
 *       role: 'user',
 *       content: [
 *         { type: 'text', text: 'Is this coat warm enough for Oslo today?' },
 *         { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } },
 *       ],
 *     },
 *   ],
 *   tools: [
 *     {
 *       type: 'function',
 *       function: {
 *         name: 'weather',
 *         description: 'The temperature in a city, now.',
 *         parameters: {
 *           type: 'object',
 *           properties: { city: { type: 'string' } },
 *           required: ['city'],
 *         },
 *       },
 *     },
 *   ],
 *   tool_choice: 'auto',
 *   reasoning_effort: 'none',
 *   max_tokens: 500,
 *   temperature: 0.2,
 *   seed: 7,
 *   extra: { top_k: 20, chat_template_kwargs: { enable_thinking: false } },
 * };
 * ```
 */
export interface ChatRequest {
  /** The model, as the server names it; `models$` lists the models of a server. */
  readonly model: string;

  /** The conversation so far, oldest message first. OpenAI and Ollama reject an empty list. */
  readonly messages: readonly Message[];

  /** Set by the call: `chatCompletion$` streams, `completion$` does not. */
  readonly stream?: never;

  /** Options for the stream; sent by `chatCompletion$` only. */
  readonly stream_options?: StreamOptions | null;

  /** Format and voice of a spoken answer; required with `'audio'` in `modalities`. */
  readonly audio?: AudioOutput | null;

  /** Penalty on tokens, in proportion to their occurrences so far; -2 to 2, default 0. */
  readonly frequency_penalty?: number | null;

  /** @deprecated OpenAI replaced it by `tool_choice`. */
  readonly function_call?: 'none' | 'auto' | { readonly name: string };

  /** @deprecated OpenAI replaced it by `tools`. */
  readonly functions?: readonly FunctionDefinition[];

  /** Bias, -100 to 100, by token id: 100 forces a token, -100 bans it. Ollama ignores it. */
  readonly logit_bias?: Readonly<Record<string, number>> | null;

  /**
   * Whether the answer has the log probability of each token; default `false`. llama.cpp: not when it streams with tools.
   */
  readonly logprobs?: boolean | null;

  /**
   * Largest number of tokens to generate, including reasoning.
   *
   * OpenAI's reasoning models accept this field and reject `max_tokens`; Ollama and Mistral ignore it.
   */
  readonly max_completion_tokens?: number | null;

  /**
   * Largest number of tokens to generate. The field for Ollama and other servers of open models.
   *
   * OpenAI deprecates it in favour of `max_completion_tokens`, and its reasoning models reject it. The answer ends with the
   * finish reason `length` if it reached the limit.
   */
  readonly max_tokens?: number | null;

  /**
   * Up to 16 key-value pairs to find the answer by: keys of 64 characters, values of 512. OpenAI keeps them with `store`.
   */
  readonly metadata?: Readonly<Record<string, string>> | null;

  /** Output types of the answer; default `['text']`. OpenAI also accepts `'audio'`, OpenRouter `'image'`. */
  readonly modalities?: readonly ('text' | 'audio' | (string & {}))[] | null;

  /** Moderation of the request and of the answer by a model. OpenAI only. */
  readonly moderation?: Moderation | null;

  /**
   * Number of answers to generate, 1 to 128; default 1. Each costs its tokens.
   *
   * Ollama ignores the field and generates one, Groq rejects more than one, llama.cpp accepts as many as it has slots.
   */
  readonly n?: number | null;

  /** Whether the model may call several tools in one answer; default `true` at OpenAI. */
  readonly parallel_tool_calls?: boolean;

  /** Text that much of the answer repeats, which makes it faster. */
  readonly prediction?: Prediction | null;

  /** Penalty on tokens that have occurred at all; -2 to 2, default 0. */
  readonly presence_penalty?: number | null;

  /** Key that routes requests with a common beginning to one prompt cache. OpenAI and Mistral. */
  readonly prompt_cache_key?: string | null;

  /** Options for caching the start of the prompt. OpenAI, `gpt-5.6` and later. */
  readonly prompt_cache_options?: PromptCacheOptions;

  /**
   * Longest lifetime of the prompt cache.
   *
   * @deprecated OpenAI replaced it by `prompt_cache_options.ttl`, from `gpt-5.6` on. Older models read it.
   */
  readonly prompt_cache_retention?: 'in_memory' | '24h' | (string & {}) | null;

  /** Reasoning effort; `'none'` differs from leaving the field out. */
  readonly reasoning_effort?: ReasoningEffort | null;

  /** Format of the answer: text, JSON, or JSON of a schema. */
  readonly response_format?: ResponseFormat;

  /** Hashed id of the end user, by which OpenAI detects misuse; at most 64 characters. */
  readonly safety_identifier?: string | null;

  /**
   * Integer that makes sampling repeatable, as far as the server can. Mistral reads `random_seed`.
   *
   * Deprecated at OpenAI, not at Ollama, llama.cpp and vLLM.
   */
  readonly seed?: number | null;

  /** Speed and price class; default `'auto'`. Groq adds `'on_demand'` and `'performance'`. */
  readonly service_tier?: 'auto' | 'default' | 'flex' | 'scale' | 'priority' | 'fast' | (string & {}) | null;

  /** Up to 4 texts that end the answer and are not part of it. OpenAI's reasoning models reject it. */
  readonly stop?: string | readonly string[] | null;

  /** Whether OpenAI stores the answer, for evaluations and distillation; default `false`. */
  readonly store?: boolean | null;

  /** Sampling temperature, 0 to 2; default 1, also at Ollama's `/v1`. Change this or `top_p`, not both. */
  readonly temperature?: number | null;

  /** Whether the model calls tools, and which. Ollama ignores it. */
  readonly tool_choice?: ToolChoice;

  /** Tools that the model may call. OpenAI rejects `[]`. */
  readonly tools?: readonly Tool[];

  /** Number of alternatives to report for each token, 0 to 20; requires `logprobs: true`. */
  readonly top_logprobs?: number | null;

  /** Total probability of the most likely tokens to sample from, 0 to 1; default 1. */
  readonly top_p?: number | null;

  /** @deprecated OpenAI replaced it by `safety_identifier` and `prompt_cache_key`. */
  readonly user?: string;

  /** Length of the answer; default `'medium'`. OpenAI, `gpt-5` and later. */
  readonly verbosity?: 'low' | 'medium' | 'high' | (string & {}) | null;

  /** Options for OpenAI's search models, which search the web before they answer. */
  readonly web_search_options?: WebSearchOptions;

  /** Fields of a particular server, merged unchanged into the top level of the JSON body. */
  readonly extra?: ServerExtras;
}
