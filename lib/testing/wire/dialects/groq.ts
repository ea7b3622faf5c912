import { tokens, wholeCall } from '../chunks';
import type { Dialect, Speaker, Tokens } from '../DialectBuilders';
import { headOf } from '../heads';
import { eventOf } from '../wire';

/**
 * Groq: `reasoning` with the channel it came by, tool calls whole, usage three times at the end: twice with the
 * finish reason, then in a chunk of its own. An error is a named event and the last of the stream.
 */
export function groq({ model, turn }: Speaker): Dialect {
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
    head: headOf(200),
    chunkOf: (text) => [chunk({ content: text })],
    reasoningOf: (text) => [chunk({ reasoning: text, channel: 'analysis' })],
    toolCallOf: (call) => [chunk({ tool_calls: [wholeCall(call)] })],
    firstOf: (said) => [{ ...chunk({ role: 'assistant', content: '' }), x_groq }, ...said],
    finishOf: (reason, usage) => {
      if (!usage) return [{ ...chunk({}, reason), x_groq }];
      const timed = clocked(usage);
      return [
        { ...chunk({}, reason), x_groq: { ...x_groq, usage: timed }, usage: timed },
        { ...base, choices: [], usage: timed, service_tier: 'on_demand' },
      ];
    },
    errorFrameOf: (words) => [
      eventOf(
        { error: { ...error(400, words, 'tool_use_failed'), failed_generation: '', status_code: 400 } },
        'error',
      ),
    ],
    errorOf: (status, words, code) => ({ error: error(status, words, code) }),
    completionOf: ({ text, reasoning, toolCalls, finish, usage }) => ({
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

const error = (status: number, words: string, code?: string) => ({
  message: words,
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
