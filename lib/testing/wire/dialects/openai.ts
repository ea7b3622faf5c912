import type { Delta } from '../../../codec/Delta';
import { callInMessage, callInPieces, tokens } from '../chunks';
import type { Dialect, DialectContext, Tokens } from '../DialectBuilders';
import { responseHead } from '../heads';
import { errorFrame } from '../wire';

/**
 * OpenAI: a first chunk with the role and no text, tool calls in pieces, `usage: null` until a last chunk of
 * its own. What the model thinks is counted and not told.
 */
export function openai({ model, turn }: DialectContext): Dialect {
  const base = {
    id: `chatcmpl-${String(turn).padStart(29, 'Scripted')}`,
    object: 'chat.completion.chunk',
    created: 1_790_000_000 + turn,
    model,
    service_tier: 'default',
    system_fingerprint: null,
  };
  const chunk = (delta: Delta, finish_reason: string | null = null) => ({
    ...base,
    choices: [{ index: 0, delta, finish_reason }],
    usage: null,
  });
  return {
    head: responseHead(200, { 'content-type': 'text/event-stream; charset=utf-8' }),
    textChunk: (text) => [chunk({ content: text })],
    reasoningChunk: () => [],
    toolCallChunk: (call) => callInPieces(call, 6).map((piece) => chunk({ tool_calls: [piece] })),
    openingChunks: (said) => [chunk({ role: 'assistant', content: '', refusal: null }), ...said],
    finishChunk: (reason, usage) => [
      chunk({}, reason),
      ...(usage ? [{ ...base, choices: [], usage: detailed(usage) }] : []),
    ],
    // Not among the recordings: the shape of its HTTP errors, which its own client looks for in a stream too.
    errorFrame: (message) => [errorFrame(message, { param: null, code: null })],
    errorBody: (status, message, code) => ({
      error: {
        message,
        type: status < 500 ? 'invalid_request_error' : 'server_error',
        param: null,
        code: code ?? null,
      },
    }),
    completion: ({ text, toolCalls, finish, usage }) => ({
      ...base,
      object: 'chat.completion',
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: text || null,
            ...(toolCalls.length > 0 && { tool_calls: toolCalls.map(callInMessage) }),
            refusal: null,
            annotations: [],
          },
          logprobs: null,
          finish_reason: finish,
        },
      ],
      usage: detailed(usage),
    }),
  };
}

/** Counts with all their details, none of which a script knows. */
const detailed = (usage: Tokens) => ({
  ...tokens(...usage),
  prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
  completion_tokens_details: {
    reasoning_tokens: 0,
    audio_tokens: 0,
    accepted_prediction_tokens: 0,
    rejected_prediction_tokens: 0,
  },
});
