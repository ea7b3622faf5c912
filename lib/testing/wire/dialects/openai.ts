import { callDeltas, messageCall, toUsage } from '../chunks';
import type { Dialect, DialectContext, Tokens } from '../DialectBuilders';
import { responseHead } from '../heads';
import { errorFrame } from '../wire';
import { dialectFrom, toolCallsField } from './dialectFrom';

/**
 * Builds OpenAI's format: a first chunk with the role and no text, tool calls in several deltas, `usage: null` until a last
 * chunk with the usage. Reasoning is counted and not sent.
 */
export function openai({ model, turn }: DialectContext): Dialect {
  const { chunk, ...common } = dialectFrom({
    base: {
      id: `chatcmpl-${String(turn).padStart(29, 'Scripted')}`,
      object: 'chat.completion.chunk',
      created: 1_790_000_000 + turn,
      model,
      service_tier: 'default',
      system_fingerprint: null,
    },
    chunk: { usage: null },
    toolCall: (call) => callDeltas(call, 6),
    message: (answer) => ({
      content: answer.text || null,
      ...toolCallsField(answer, messageCall),
      refusal: null,
      annotations: [],
    }),
    usage: detailedUsage,
  });
  return {
    ...common,
    head: responseHead(200, { 'content-type': 'text/event-stream; charset=utf-8' }),
    reasoningChunk: () => [],
    openingChunks: (frames) => [chunk({ role: 'assistant', content: '', refusal: null }), ...frames],
    // Not recorded. The shape is that of its HTTP errors, which OpenAI's client reads in a stream too.
    errorFrame: (message) => [errorFrame(message, { param: null, code: null })],
    errorBody: (status, message, code) => ({
      error: {
        message,
        type: status < 500 ? 'invalid_request_error' : 'server_error',
        param: null,
        code: code ?? null,
      },
    }),
  };
}

/** Counts with all their details, which are 0 in a script. */
const detailedUsage = (tokens: Tokens) => ({
  ...toUsage(...tokens),
  prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
  completion_tokens_details: {
    reasoning_tokens: 0,
    audio_tokens: 0,
    accepted_prediction_tokens: 0,
    rejected_prediction_tokens: 0,
  },
});
