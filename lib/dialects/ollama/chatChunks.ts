import { toCall, toList } from '../../codec/coerce';
import { ifAny } from '../../codec/ifAny';
import { isRecord } from '../../codec/isRecord';
import { recordsIn } from '../../codec/recordsIn';
import { hasErrorContent, isText, statusIn } from '../../response/errors/errorFields';
import { DONE, type Chunks, type Json } from '../translated';

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
export function createChatChunks(): (record: Json) => Chunks {
  let calls = 0;
  let role: string | undefined = 'assistant';
  return (json) => {
    const { error, message, done } = json;
    const isDone = done === true;
    // A gateway may answer in chat completions, or report an error in another form.
    if (hasErrorContent(error) || !(isDone || isRecord(message)))
      return [isText(error) ? withCode(json) : json];
    const record = json as ChatResponse;
    const delta = { role, ...deltaOf(record, calls) };
    calls += delta.tool_calls?.length ?? 0;
    role = undefined;
    const choice = {
      index: 0,
      delta,
      logprobs: logprobsOf(record),
      finish_reason: isDone ? reasonOf(record, calls) : undefined,
    };
    const chunk = { object: 'chat.completion.chunk', choices: [choice], ...headOf(record) };
    return isDone ? [{ ...chunk, ...endOf(record) }, DONE] : [chunk];
  };
}

/** The same error before the first byte of a response has status 500, unless a proxy adds another one. 500 is retryable. */
const withCode = (json: Json): Json => ({ ...json, code: json.code ?? statusIn(json) ?? 500 });

const headOf = ({ model, created_at }: ChatResponse): Json => ({
  model,
  created: Math.floor(Date.parse(created_at ?? '') / 1000) || undefined,
  system_fingerprint: 'fp_ollama',
});

/** @param calls - Number of calls in the records before. */
function deltaOf({ message }: ChatResponse, calls: number): { readonly tool_calls?: readonly Json[] } & Json {
  const { content = '', thinking, tool_calls } = message ?? {};
  const received = recordsIn(toList('function', 'name')(tool_calls)).map(toCall) as readonly NativeCall[];
  return {
    content,
    reasoning: thinking,
    tool_calls:
      received.length > 0
        ? received.map((call, at) => ({
            index: calls + at,
            id: call.id || `call_${calls + at}`,
            type: 'function',
            function: { name: call.function?.name, arguments: argumentsOf(call.function?.arguments) },
          }))
        : undefined,
  };
}

/** Ollama sends an object. Servers that imitate it send text, as chat completions have it. */
const argumentsOf = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value ?? {});

/**
 * Returns the finish reason. A request without messages only loads or unloads the model, and has a complete, empty answer.
 *
 * `tool_calls` replaces `stop` only: an answer with calls may have been cut off.
 */
function reasonOf({ done_reason }: ChatResponse, calls: number): string {
  const reason = /^(un)?load$/.test(done_reason ?? '') ? 'stop' : done_reason || 'stop';
  return calls > 0 && reason === 'stop' ? 'tool_calls' : reason;
}

const logprobsOf = ({ logprobs }: ChatResponse): Json | undefined =>
  Array.isArray(logprobs) && logprobs.length > 0 ? { content: logprobs as unknown } : undefined;

/** Usage, and durations in milliseconds under the names of llama.cpp. Ollama leaves out a count of 0; without both, none is known. */
function endOf(response: ChatResponse): Json {
  const { prompt_eval_count, eval_count, eval_duration } = response;
  const [prompt_n, predicted_n] = [prompt_eval_count ?? 0, eval_count ?? 0];
  return {
    usage: ifAny({ prompt_eval_count, eval_count }) && {
      prompt_tokens: prompt_n,
      completion_tokens: predicted_n,
      total_tokens: prompt_n + predicted_n,
    },
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
