import { isRecord } from '../../codec/isRecord';
import { isError } from '../../response/errorShapes';
import { DONE, type Json } from '../translated';

/** A response of `/api/chat`, or a record of its stream; read from `api/types.go`, 21 August 2026. */
interface ChatResponse {
  readonly model?: string;
  readonly created_at?: string;
  readonly message?: {
    readonly role?: string;
    readonly content?: string;
    readonly thinking?: string;
    readonly tool_calls?: unknown;
  };
  readonly done?: boolean;
  readonly done_reason?: string;
  readonly logprobs?: unknown;
  /** Durations are in nanoseconds. */
  readonly total_duration?: number;
  readonly load_duration?: number;
  readonly prompt_eval_count?: number;
  readonly prompt_eval_duration?: number;
  readonly eval_count?: number;
  readonly eval_duration?: number;
  readonly error?: unknown;
}

interface NativeCall {
  readonly id?: string;
  readonly function?: { readonly name?: string; readonly arguments?: unknown };
}

/**
 * Creates a function that returns the chunks of each record of one stream.
 *
 * Calls are numbered here: Ollama's index begins at 0 in each record for some models, and versions before 0.9 send no ids.
 */
export function createChatChunks(): (record: Json) => ReadonlyArray<Json | typeof DONE> {
  let calls = 0;
  let hasStarted = false;
  return (json) => {
    if (isFailure(json)) return [errorOf(json.error)];
    const record = json as ChatResponse;
    const { done } = record;
    const message = fieldsOf(record, calls);
    calls += countOf(message.tool_calls);
    const role = hasStarted ? undefined : 'assistant';
    hasStarted = true;
    const delta = { role, ...message };
    const choice = { index: 0, delta, logprobs: logprobsOf(record) };
    const chunk = { ...headOf(record), object: 'chat.completion.chunk' };
    if (done !== true) return [{ ...chunk, choices: [choice] }];
    return [
      { ...chunk, choices: [{ ...choice, finish_reason: reasonOf(record, calls) }], ...endOf(record) },
      DONE,
    ];
  };
}

/** Returns the completion of a response that is not streamed. */
export function chatCompletionOf(json: Json): Json {
  if (isFailure(json)) return json;
  const response = json as ChatResponse;
  const message = { role: 'assistant', ...fieldsOf(response, 0) };
  const finish_reason = reasonOf(response, countOf(message.tool_calls));
  return {
    ...headOf(response),
    object: 'chat.completion',
    choices: [{ index: 0, message, logprobs: logprobsOf(response), finish_reason }],
    ...endOf(response),
  };
}

/** Whether a record reports an error. Beside a message, `error` without content is none. */
const isFailure = ({ error, message, done }: Json): boolean =>
  isError(error) || (error !== undefined && message === undefined && done === undefined);

/** The same error before the first byte of a response has status 500, which makes it retryable. */
const errorOf = (error: unknown): Json => ({
  error: isRecord(error) ? error : { message: error, code: 500 },
});

const headOf = ({ model, created_at }: ChatResponse): Json => ({
  model,
  created: Math.floor(Date.parse(created_at ?? '') / 1000) || undefined,
  system_fingerprint: 'fp_ollama',
});

/** @param calls - Number of calls in the records before. */
function fieldsOf({ message }: ChatResponse, calls: number): { readonly tool_calls?: unknown } & Json {
  const callOf = (call: unknown, at: number): unknown => {
    if (!isRecord(call)) return call;
    const { id, function: called } = call as NativeCall;
    return {
      index: calls + at,
      id: id || `call_${calls + at}`,
      type: 'function',
      function: { name: called?.name, arguments: JSON.stringify(called?.arguments ?? {}) },
    };
  };
  const tool_calls = message?.tool_calls;
  return {
    content: message?.content ?? '',
    reasoning: message?.thinking,
    // The codec reads what is not a list of calls, or refuses it.
    tool_calls: Array.isArray(tool_calls) ? tool_calls.map(callOf) : tool_calls,
  };
}

const countOf = (calls: unknown): number => (Array.isArray(calls) ? calls.length : 0);

/** `tool_calls` replaces `stop` only: an answer with calls may have been cut off. */
const reasonOf = ({ done_reason }: ChatResponse, calls: number): string =>
  calls > 0 && (done_reason || 'stop') === 'stop' ? 'tool_calls' : done_reason || 'stop';

const logprobsOf = ({ logprobs }: ChatResponse): Json | undefined =>
  Array.isArray(logprobs) && logprobs.length > 0 ? { content: logprobs as unknown } : undefined;

/** Usage, and durations in milliseconds under the names of llama.cpp. */
function endOf(response: ChatResponse): Json {
  const { prompt_eval_count: prompt_n = 0, eval_count: predicted_n = 0, eval_duration } = response;
  return {
    usage: { prompt_tokens: prompt_n, completion_tokens: predicted_n, total_tokens: prompt_n + predicted_n },
    timings: {
      load_ms: milliseconds(response.load_duration),
      prompt_n,
      prompt_ms: milliseconds(response.prompt_eval_duration),
      predicted_n,
      predicted_ms: milliseconds(eval_duration),
      predicted_per_second: eval_duration ? predicted_n / (eval_duration / 1e9) : undefined,
      total_ms: milliseconds(response.total_duration),
    },
  };
}

const milliseconds = (nanoseconds: number | undefined): number | undefined =>
  nanoseconds === undefined ? undefined : nanoseconds / 1e6;
