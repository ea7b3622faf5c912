/**
 * The effect of a finish reason on an answer.
 *
 * `finished`: the model ended the answer, and its tool calls may be run. `cut-off`: the answer ends early, and its last tool call
 * may be incomplete. `failed`: the server reports a failure; what there is of the answer is not an answer. `unknown`: the
 * reason is in no list, so the answer has ended and its tool calls are not run. `none`: the answer has not ended.
 */
export type FinishKind = 'finished' | 'cut-off' | 'failed' | 'unknown' | 'none';

/** A finish reason that servers send. */
export interface KnownFinishReason {
  /** As its server spells it; separators and case do not count in a comparison. */
  readonly reason: string;
  readonly kind: Exclude<FinishKind, 'none'>;
  /** The servers that send it, and its meaning where the name does not tell. */
  readonly from: string;
  /** Whether the same request may succeed; only of a failure. */
  readonly retryable?: boolean;
}

const finished = (reason: string, from: string): KnownFinishReason => ({ reason, kind: 'finished', from });
const cutOff = (reason: string, from: string): KnownFinishReason => ({ reason, kind: 'cut-off', from });
const transient = (reason: string, from: string): KnownFinishReason => ({
  reason,
  kind: 'failed',
  from,
  retryable: true,
});
const permanent = (reason: string, from: string): KnownFinishReason => ({
  reason,
  kind: 'failed',
  from,
  retryable: false,
});
const unknown = (reason: string, from: string): KnownFinishReason => ({ reason, kind: 'unknown', from });

/**
 * The finish reasons of OpenAI and of servers that pass on the reasons of another API.
 *
 * A reason that is not listed is `unknown`: a list of the good ones fails safe, a list of the bad ones does not.
 */
export const FINISH_REASONS: readonly KnownFinishReason[] = [
  finished('stop', 'OpenAI and nearly every server; Gemini as `STOP`'),
  finished(
    'tool_calls',
    'OpenAI and nearly every server; the AI SDK as `tool-calls`, LM Studio as `toolCalls`',
  ),
  finished('function_call', 'OpenAI’s old models, GigaChat, Baidu'),
  finished('tool_call', 'DeepSeek-R1 on Azure, Cohere'),
  finished('tool_use', 'Anthropic, Bedrock'),
  finished('function_calls', 'gateways'),
  finished('end_turn', 'Anthropic, Bedrock, xAI'),
  finished('stop_sequence', 'Anthropic, Bedrock, Cohere, TGI, watsonx'),
  finished('stop_criteria_met', 'Amazon Titan'),
  finished('stop_words', 'TensorRT-LLM'),
  finished('stop_token', 'local servers'),
  finished('stop_string_found', 'LM Studio'),
  finished('eos', 'Together, llama.cpp'),
  finished('eos_token', 'TGI, watsonx'),
  finished('eos_found', 'LM Studio'),
  finished('end_id', 'TensorRT-LLM'),
  finished('end_of_text', 'Aleph Alpha; AI21 as `endoftext`'),
  finished('end', 'gateways'),
  finished('word', 'llama.cpp: a stop word'),
  finished('normal', 'Baidu'),
  finished('complete', 'Cohere'),
  finished('completed', 'OpenAI’s Responses API through OpenRouter'),
  finished('done', 'Cerebras'),
  finished('finish', 'Amazon Titan'),
  finished('finished', 'Amazon Titan'),
  finished('REASON_STOP', 'xAI'),
  finished('REASON_TOOL_CALLS', 'xAI'),
  finished('FINISH_REASON_STOP', 'Gemini through gateways'),

  cutOff('length', 'OpenAI and nearly every server'),
  cutOff('max_tokens', 'Anthropic, Cohere, watsonx; Gemini as `MAX_TOKENS`'),
  cutOff('max_output_tokens', 'OpenAI’s Responses API'),
  cutOff('max_output', 'MiniMax'),
  cutOff('max_length', 'local servers'),
  cutOff('max_new_tokens', 'local servers'),
  cutOff('max_predicted_tokens_reached', 'LM Studio'),
  cutOff('maximum_tokens', 'Aleph Alpha'),
  cutOff('model_length', 'Mistral'),
  cutOff('limit', 'llama.cpp'),
  cutOff('token_limit', 'watsonx'),
  cutOff('context', 'Reka'),
  cutOff('context_length_reached', 'LM Studio'),
  cutOff('context_length_exceeded', 'gateways'),
  cutOff('model_context_window_exceeded', 'Z.ai, Anthropic, Bedrock'),
  cutOff('error_limit', 'Cohere: the context is full'),
  cutOff('REASON_MAX_LEN', 'xAI'),
  cutOff('REASON_MAX_CONTEXT', 'xAI'),
  cutOff('FINISH_REASON_MAX_TOKENS', 'Gemini through gateways'),
  cutOff('incomplete', 'OpenAI’s Responses API'),
  cutOff('truncated', 'gateways'),
  cutOff('repetition', 'vLLM: the output repeats itself'),
  cutOff('time_limit', 'watsonx; xAI as `REASON_TIME_LIMIT`'),
  cutOff('REASON_TIME_LIMIT', 'xAI'),
  cutOff('user_stopped', 'LM Studio'),
  cutOff('content_filter', 'OpenAI, Azure and many servers; the AI SDK as `content-filter`'),
  cutOff('content_filtered', 'Bedrock'),
  cutOff('guardrail_intervened', 'Bedrock'),
  cutOff('refusal', 'Anthropic: a classifier stops the answer'),
  cutOff('sensitive', 'Z.ai, Tencent'),
  cutOff('blacklist', 'GigaChat'),
  cutOff('error_toxic', 'Cohere'),
  cutOff('SAFETY', 'Gemini'),
  cutOff('RECITATION', 'Gemini'),
  cutOff('BLOCKLIST', 'Gemini'),
  cutOff('PROHIBITED_CONTENT', 'Gemini'),
  cutOff('SPII', 'Gemini: personal data'),
  cutOff('LANGUAGE', 'Gemini: a language that is not supported'),
  cutOff('IMAGE_SAFETY', 'Gemini'),
  cutOff('IMAGE_PROHIBITED_CONTENT', 'Gemini'),
  cutOff('IMAGE_RECITATION', 'Gemini'),
  cutOff('MODEL_ARMOR', 'Gemini on Vertex AI'),

  transient('network_error', 'Z.ai'),
  transient('error', 'OpenRouter, Mistral, vLLM, LMDeploy, Cohere'),
  transient('abort', 'vLLM, SGLang, LMDeploy, Z.ai'),
  transient('aborted', 'local servers'),
  transient('failed', 'OpenAI’s Responses API, LM Studio'),
  transient('server_error', 'gateways'),
  transient('internal_error', 'gateways'),
  transient('timeout', 'Cohere, TensorRT-LLM'),
  transient('cancelled', 'TensorRT-LLM, watsonx, OpenAI’s Responses API'),
  transient('canceled', 'mistral.rs'),
  transient('user_cancel', 'Cohere'),
  transient('overloaded', 'gateways'),
  transient('rate_limit', 'gateways'),
  transient('insufficient_system_resource', 'DeepSeek'),
  transient('model_unloaded', 'LM Studio'),
  permanent('MALFORMED_FUNCTION_CALL', 'Gemini; often the same at each attempt'),
  permanent('MALFORMED_RESPONSE', 'Gemini'),
  permanent('UNEXPECTED_TOOL_CALL', 'Gemini'),
  permanent('TOO_MANY_TOOL_CALLS', 'Gemini'),
  permanent('MISSING_THOUGHT_SIGNATURE', 'Gemini'),
  permanent('NO_IMAGE', 'Gemini'),
  permanent('malformed_tool_use', 'Bedrock'),
  permanent('malformed_model_output', 'Bedrock'),

  unknown('pause_turn', 'Anthropic: the request has to be continued'),
  unknown('OTHER', 'Gemini; the AI SDK as `other`'),
  unknown('IMAGE_OTHER', 'Gemini'),
  unknown('FINISH_REASON_UNSPECIFIED', 'Gemini'),
  unknown('unknown', 'the AI SDK'),
  unknown('load', 'Ollama: the model was loaded'),
  unknown('unload', 'Ollama: the model was unloaded'),
];

/** The values that servers send while the answer has not ended: DashScope `"null"`, TensorRT-LLM and watsonx `not_finished`. */
const NOT_ENDED = new Set(['', 'null', 'none', 'notfinished']);

/** Returns a reason without case and separators: `toolCalls`, `tool-calls` and `TOOL_CALLS` are the same. */
const normalize = (reason: string): string => reason.toLowerCase().replace(/[\s_-]/g, '');

const byName: ReadonlyMap<string, KnownFinishReason> = new Map(
  FINISH_REASONS.map((known) => [normalize(known.reason), known]),
);

/**
 * Returns the effect of a finish reason on an answer.
 *
 * Case and separators do not count. A reason that is in no list is `unknown`.
 *
 * @param reason - The `finish_reason` of a choice.
 *
 * @example
 * ```ts
 * import { finishKind } from 'rxjs-chat-completions';
 *
 * console.assert(finishKind('stop') === 'finished');
 * console.assert(finishKind('MAX_TOKENS') === 'cut-off');
 * console.assert(finishKind('network_error') === 'failed');
 * console.assert(finishKind('') === 'none');
 * ```
 */
export function finishKind(reason: string | null | undefined): FinishKind {
  if (typeof reason !== 'string') return 'none';
  const name = normalize(reason);
  if (NOT_ENDED.has(name)) return 'none';
  return byName.get(name)?.kind ?? 'unknown';
}

/** Whether the same request may succeed after this reason; true only for failures that pass. */
export const isTransientFinish = (reason: string): boolean =>
  byName.get(normalize(reason))?.retryable === true;
