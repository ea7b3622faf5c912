import { tokens, wholeCall } from '../chunks';
import type { Dialect, DialectContext, Tokens } from '../DialectBuilders';
import { responseHead } from '../heads';
import { eventFrame } from '../wire';

/**
 * Groq: `reasoning` with the channel it came by, tool calls whole, usage three times at the end: twice with the
 * finish reason, then in a chunk of its own. An error is a named event and the last of the stream.
 */
export function groq({ model, turn }: DialectContext): Dialect {
  const id = `chatcmpl-00000000-0000-4000-8000-${String(turn).padStart(12, '0')}`;
  const base = {
    id,
    object: 'chat.completion.chunk',
    created: 1_790_000_000 + turn,
    model,
    system_fingerprint: 'fp_5c21b7ed00',
  };
  const x_groq = { id: `req_${String(turn).padStart(26, '0')}` };
  const chunk = (delta: Readonly<Record<string, unknown>>, finish_reason: string | null = null) => ({
    ...base,
    choices: [{ index: 0, delta, logprobs: null, finish_reason }],
  });
  return {
    head: responseHead(200),
    textChunk: (text) => [chunk({ content: text })],
    reasoningChunk: (text) => [chunk({ reasoning: text, channel: 'analysis' })],
    toolCallChunk: (call) => [chunk({ tool_calls: [wholeCall(call)] })],
    openingChunks: (said) => [{ ...chunk({ role: 'assistant', content: '' }), x_groq }, ...said],
    finishChunk: (reason, usage) => {
      if (!usage) return [{ ...chunk({}, reason), x_groq }];
      const timed = clocked(usage);
      return [
        { ...chunk({}, reason), x_groq: { ...x_groq, usage: timed }, usage: timed },
        { ...base, choices: [], usage: timed, service_tier: 'on_demand' },
      ];
    },
    errorFrame: (message) => [
      eventFrame(
        { error: { ...error(400, message, 'tool_use_failed'), failed_generation: '', status_code: 400 } },
        'error',
      ),
    ],
    errorBody: (status, message, code) => ({ error: error(status, message, code) }),
    completion: ({ text, reasoning, toolCalls, finish, usage }) => ({
      ...base,
      object: 'chat.completion',
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            ...(text && { content: text }),
            ...(reasoning && { reasoning }),
            ...(toolCalls.length > 0 && { tool_calls: toolCalls.map(wholeCall) }),
          },
          logprobs: null,
          finish_reason: finish,
        },
      ],
      usage: clocked(usage),
      usage_breakdown: null,
      x_groq,
      service_tier: 'on_demand',
    }),
  };
}

const error = (status: number, message: string, code?: string) => ({
  message,
  type: status < 500 ? 'invalid_request_error' : 'internal_server_error',
  ...(code !== undefined && { code }),
});

/** Counts beside the seconds they took. */
const clocked = ([prompt, completion]: Tokens) => ({
  ...tokens(prompt, completion),
  queue_time: 0.1,
  prompt_time: prompt / 10_000,
  completion_time: completion / 500,
  total_time: prompt / 10_000 + completion / 500,
});
