import type { AudioOutput } from './AudioOutput';
import type { ServerExtras } from './extras';
import type { Message } from './Message';
import type { Moderation } from './Moderation';
import type { Prediction } from './Prediction';
import type { PromptCacheOptions } from './PromptCacheOptions';
import type { ResponseFormat } from './ResponseFormat';
import type { StreamOptions } from './StreamOptions';
import type { FunctionDefinition, Tool, ToolChoice } from './Tool';
import type { WebSearchOptions } from './WebSearchOptions';

/**
 * How much a model thinks before it answers.
 *
 * OpenAI's models each know some of these words. Ollama knows all, takes `'minimal'` for `'low'` and
 * `'xhigh'` for `'max'`, answers 400 to any other, and thinks by default where the model can: only `'none'`
 * stops it. Groq adds `'default'`.
 */
export type ReasoningEffort =
  'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max' | (string & {});

/**
 * What to ask of a model: the body of `POST /chat/completions`, without what the call itself sets.
 *
 * Fields have the names and meanings of OpenAI's API reference, so its guides apply; servers that ignore or
 * refuse one are named where we know of them. `null` asks for the server's default, as leaving a field out
 * does. Ollama, on `/v1`, reads `model`, `messages`, `max_tokens`, `seed`, `stop`, `temperature`, `top_p`,
 * both penalties, `response_format`, `tools`, `reasoning_effort`, `logprobs`, `top_logprobs` and
 * `stream_options.include_usage`, and ignores the rest without a word. What other servers read beyond these
 * goes into `extra`.
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
  /** The model, as the server names it; `models$` lists what there is. */
  readonly model: string;

  /** The conversation so far, oldest first. OpenAI and Ollama refuse an empty one. */
  readonly messages: readonly Message[];

  /** Set by the call: `chatCompletion$` streams, `completion$` does not. */
  readonly stream?: never;

  /** What else the stream carries; sent by `chatCompletion$` only. */
  readonly stream_options?: StreamOptions | null;

  /** How the model is to speak; required with `'audio'` in `modalities`. */
  readonly audio?: AudioOutput | null;

  /** Penalty on tokens by how often they occurred, -2 to 2; 0 by default. */
  readonly frequency_penalty?: number | null;

  /** @deprecated OpenAI replaced it by `tool_choice`. */
  readonly function_call?: 'none' | 'auto' | { readonly name: string };

  /** @deprecated OpenAI replaced it by `tools`. */
  readonly functions?: readonly FunctionDefinition[];

  /** Bias, -100 to 100, by token id: 100 forces a token, -100 bans it. Ollama ignores it. */
  readonly logit_bias?: Readonly<Record<string, number>> | null;

  /**
   * Whether to report the log probability of each token; `false` by default. llama.cpp: not when it streams
   * with tools.
   */
  readonly logprobs?: boolean | null;

  /**
   * Most tokens to write, those thought included.
   *
   * OpenAI's reasoning models take this and refuse `max_tokens`; Ollama and Mistral do not read it.
   */
  readonly max_completion_tokens?: number | null;

  /**
   * Most tokens to write. The field for Ollama and other servers of open models.
   *
   * OpenAI deprecates it in favour of `max_completion_tokens`, and its reasoning models refuse it. The answer
   * ends with the finish reason `length` where the limit cut it.
   */
  readonly max_tokens?: number | null;

  /**
   * Notes for your own books, up to 16: names of 64 characters, values of 512. OpenAI keeps them with
   * `store`.
   */
  readonly metadata?: Readonly<Record<string, string>> | null;

  /** What the answer is made of; `['text']` by default. OpenAI knows `'audio'` too, OpenRouter `'image'`. */
  readonly modalities?: readonly ('text' | 'audio' | (string & {}))[] | null;

  /** Has a moderation model look at the request and the answer. OpenAI only. */
  readonly moderation?: Moderation | null;

  /**
   * How many answers to give, 1 to 128; 1 by default. Each costs its tokens.
   *
   * Ollama gives one whatever it says, Groq refuses more; llama.cpp as many as it has slots.
   */
  readonly n?: number | null;

  /** Whether the model may call several tools in one answer; `true` by default at OpenAI. */
  readonly parallel_tool_calls?: boolean;

  /** Text that much of the answer will repeat, to have it sooner. */
  readonly prediction?: Prediction | null;

  /** Penalty on tokens that occurred at all, -2 to 2; 0 by default. */
  readonly presence_penalty?: number | null;

  /** Leads requests that begin alike to one prompt cache. OpenAI and Mistral. */
  readonly prompt_cache_key?: string | null;

  /** How the start of the prompt is cached. OpenAI, `gpt-5.6` and later. */
  readonly prompt_cache_options?: PromptCacheOptions;

  /**
   * How long the prompt cache is kept at most.
   *
   * @deprecated OpenAI replaced it by `prompt_cache_options.ttl`, from `gpt-5.6` on; for older models it
   * counts.
   */
  readonly prompt_cache_retention?: 'in_memory' | '24h' | (string & {}) | null;

  /** How much to think; `'none'` is not the same as leaving it out. */
  readonly reasoning_effort?: ReasoningEffort | null;

  /** The form of the answer: text, JSON, or JSON of a schema. */
  readonly response_format?: ResponseFormat;

  /** Your own id for the end user, hashed, for OpenAI to tell misuse by; at most 64 characters. */
  readonly safety_identifier?: string | null;

  /**
   * Whole number that makes sampling repeatable, as far as the server can. Mistral reads `random_seed`.
   *
   * OpenAI calls it deprecated; Ollama, llama.cpp and vLLM do not.
   */
  readonly seed?: number | null;

  /** How fast and how dear. `'auto'` by default; Groq adds `'on_demand'` and `'performance'`. */
  readonly service_tier?: 'auto' | 'default' | 'flex' | 'scale' | 'priority' | 'fast' | (string & {}) | null;

  /** Up to 4 texts that end the answer, themselves left out of it. OpenAI's reasoning models refuse it. */
  readonly stop?: string | readonly string[] | null;

  /** Whether OpenAI keeps the answer, for its evaluations and distillation; `false` by default. */
  readonly store?: boolean | null;

  /** How freely to sample, 0 to 2; 1 by default, at Ollama's `/v1` too. Change this or `top_p`, not both. */
  readonly temperature?: number | null;

  /** Whether the model calls tools, and which. Ollama ignores it. */
  readonly tool_choice?: ToolChoice;

  /** The tools the model may ask for. OpenAI refuses `[]`. */
  readonly tools?: readonly Tool[];

  /** How many alternatives to report for each token, 0 to 20; needs `logprobs: true`. */
  readonly top_logprobs?: number | null;

  /** Sample from the likeliest tokens that together have this probability, 0 to 1; 1 by default. */
  readonly top_p?: number | null;

  /** @deprecated OpenAI replaced it by `safety_identifier` and `prompt_cache_key`. */
  readonly user?: string;

  /** How long the answer is to be; `'medium'` by default. OpenAI, `gpt-5` and later. */
  readonly verbosity?: 'low' | 'medium' | 'high' | (string & {}) | null;

  /** Lets a search model of OpenAI's look at the web first. */
  readonly web_search_options?: WebSearchOptions;

  /** What a server reads beyond these, merged into the top level of the JSON body untouched. */
  readonly extra?: ServerExtras;
}
