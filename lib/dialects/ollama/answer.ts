import { isRecord } from '../../codec/isRecord';
import type { Fields } from '../Dialect';

/** A message of an answer, or a part of it, with the field names of a chat completion. */
interface Message {
  readonly role?: unknown;
  readonly content?: unknown;
  readonly reasoning?: unknown;
  readonly tool_calls?: readonly object[];
}

/**
 * Returns the message of a line of `/api/chat`.
 *
 * @param calls - Number of tool calls before it: Ollama sends each call complete, and numbers them by itself only since 2026.
 */
export function messageOf({ message }: Fields, calls: number): Message {
  if (!isRecord(message)) return {};
  const { role, content, thinking, tool_calls: list } = message;
  const made = (Array.isArray(list) ? (list as readonly unknown[]) : []).filter(isRecord);
  return {
    role,
    content,
    ...(thinking !== undefined && { reasoning: thinking }),
    ...(made.length > 0 && { tool_calls: made.map((call, at) => callOf(call, calls + at)) }),
  };
}

function callOf({ id, function: called }: Fields, index: number): object {
  const { name, arguments: input } = isRecord(called) ? called : {};
  const text = typeof input === 'string' ? input : JSON.stringify(input ?? {});
  return { index, id, type: 'function', function: { name, arguments: text } };
}

/** Returns the finish reason; `null` while the answer goes on. A model that calls tools stops for them. */
export function finishOf({ done, done_reason: reason }: Fields, hasCalls: boolean): unknown {
  if (done !== true) return null;
  // `load` and `unload` end a request without messages, which only loads the model.
  const stopped = reason == null || reason === 'stop' || reason === 'load' || reason === 'unload';
  if (!stopped) return reason;
  return hasCalls ? 'tool_calls' : 'stop';
}

/** Returns the fields beside the message: of the last line usage and `timings` too, with llama.cpp's names. */
export function metricsOf(part: Fields): Fields {
  const { model, created_at: time, prompt_eval_count: read = 0, eval_count: written = 0 } = part;
  const created = typeof time === 'string' ? Math.floor(Date.parse(time) / 1_000) : NaN;
  const isCounted = part.done === true && typeof read === 'number' && typeof written === 'number';
  return {
    model,
    ...(Number.isFinite(created) && { created }),
    ...(isCounted && {
      usage: { prompt_tokens: read, completion_tokens: written, total_tokens: read + written },
      timings: {
        load_ms: milliseconds(part.load_duration),
        prompt_n: read,
        prompt_ms: milliseconds(part.prompt_eval_duration),
        predicted_n: written,
        predicted_ms: milliseconds(part.eval_duration),
        total_ms: milliseconds(part.total_duration),
      },
    }),
  };
}

/** Converts nanoseconds. */
const milliseconds = (duration: unknown): number | undefined =>
  typeof duration === 'number' ? duration / 1e6 : undefined;

/** Converts the whole answer of `/api/chat` to a completion. */
export function ollamaCompletion(body: Fields): Fields {
  const message = messageOf(body, 0);
  const finish_reason = finishOf(body, message.tool_calls !== undefined);
  return { ...metricsOf(body), object: 'chat.completion', choices: [{ index: 0, message, finish_reason }] };
}
