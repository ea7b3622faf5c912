import { singleCallDelta, toUsage } from '../chunks';
import type { Dialect, DialectContext, Tokens } from '../DialectBuilders';
import { eventFrame } from '../wire';
import { dialectFrom, toolCallsField } from './dialectFrom';

/**
 * Builds Groq's format: `reasoning` with its channel, tool calls in one delta, usage three times at the end: twice with the
 * finish reason, then in a separate chunk. An error is a named event and the last of the stream.
 */
export function groq({ model, turn }: DialectContext): Dialect {
  const base = {
    id: `chatcmpl-00000000-0000-4000-8000-${String(turn).padStart(12, '0')}`,
    object: 'chat.completion.chunk',
    created: 1_790_000_000 + turn,
    model,
    system_fingerprint: 'fp_5c21b7ed00',
  };
  const x_groq = { id: `req_${String(turn).padStart(26, '0')}` };
  const { chunk, ...common } = dialectFrom({
    base,
    choice: () => ({ logprobs: null }),
    completion: { usage_breakdown: null, x_groq, service_tier: 'on_demand' },
    toolCall: (call) => [singleCallDelta(call)],
    message: (answer) => ({
      ...(answer.text && { content: answer.text }),
      ...(answer.reasoning && { reasoning: answer.reasoning }),
      ...toolCallsField(answer, singleCallDelta),
    }),
    usage: timedUsage,
  });
  return {
    ...common,
    reasoningChunk: (text) => [chunk({ reasoning: text, channel: 'analysis' })],
    openingChunks: (frames) => [{ ...chunk({ role: 'assistant', content: '' }), x_groq }, ...frames],
    finishChunk: (reason, tokens) => {
      if (!tokens) return [{ ...chunk({}, reason), x_groq }];
      const usage = timedUsage(tokens);
      return [
        { ...chunk({}, reason), x_groq: { ...x_groq, usage }, usage },
        { ...base, choices: [], usage, service_tier: 'on_demand' },
      ];
    },
    errorFrame: (message) => [
      eventFrame(
        { error: { ...error(400, message, 'tool_use_failed'), failed_generation: '', status_code: 400 } },
        'error',
      ),
    ],
    errorBody: (status, message, code) => ({ error: error(status, message, code) }),
  };
}

const error = (status: number, message: string, code?: string) => ({
  message,
  type: status < 500 ? 'invalid_request_error' : 'internal_server_error',
  ...(code !== undefined && { code }),
});

/** Counts, and the seconds they took. */
const timedUsage = ([prompt, completion]: Tokens) => ({
  ...toUsage(prompt, completion),
  queue_time: 0.1,
  prompt_time: prompt / 10_000,
  completion_time: completion / 500,
  total_time: prompt / 10_000 + completion / 500,
});
