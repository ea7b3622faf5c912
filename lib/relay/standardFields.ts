/**
 * The request fields that a relay accepts by default: those that shape an answer and cost no more than its tokens.
 *
 * Not among them: `n`, which multiplies the costs; `service_tier`, `web_search_options`, `audio`, `modalities` and `moderation`,
 * which have prices of their own; `store`, `metadata`, `user`, `safety_identifier` and the `prompt_cache_*` fields, which concern your
 * account. `stream` and `stream_options` concern the response of the relay, and are accepted in any case. Fields of one server only, such as `top_k`, are for you to add.
 *
 * @example
 * ```ts
 * import { standardFields } from 'rxjs-chat-completions/relay';
 *
 * const fields = [...standardFields, 'top_k'];
 * ```
 */
export const standardFields: readonly string[] = [
  'model',
  'messages',
  'stream',
  'stream_options',
  'frequency_penalty',
  'function_call',
  'functions',
  'logit_bias',
  'logprobs',
  'max_completion_tokens',
  'max_tokens',
  'parallel_tool_calls',
  'prediction',
  'presence_penalty',
  'reasoning_effort',
  'response_format',
  'seed',
  'stop',
  'temperature',
  'tool_choice',
  'tools',
  'top_logprobs',
  'top_p',
  'verbosity',
];
