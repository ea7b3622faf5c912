import { callDeltas, singleCallDelta, toUsage } from '../chunks';
import type { Dialect, DialectContext, Tokens } from '../DialectBuilders';
import { responseHead } from '../heads';
import { errorFrame } from '../wire';
import { dialectFrom, toolCallsField } from './dialectFrom';

/**
 * Builds the format of DeepSeek's reasoner: `content` and `reasoning_content` in every delta, one of them null, tool calls in
 * several deltas, usage in the chunk with the finish reason.
 */
export function deepseek({ model, turn }: DialectContext): Dialect {
  const { chunk, ...common } = dialectFrom({
    base: {
      id: `00000000-0000-4000-8000-${String(turn).padStart(12, '0')}`,
      object: 'chat.completion.chunk',
      created: 1_790_000_000 + turn,
      model,
      system_fingerprint: 'fp_0123456789_prod0820_fp8_kvcache',
    },
    choice: () => ({ logprobs: null }),
    chunk: { usage: null },
    toolCall: (call) => callDeltas(call, 4),
    message: (answer) => ({
      content: answer.text,
      ...(answer.reasoning && { reasoning_content: answer.reasoning }),
      ...toolCallsField(answer, singleCallDelta),
    }),
    usage: cachedUsage,
  });
  return {
    ...common,
    head: responseHead(200, { 'content-type': 'text/event-stream; charset=utf-8' }),
    textChunk: (text) => [chunk({ content: text, reasoning_content: null })],
    reasoningChunk: (text) => [chunk({ content: null, reasoning_content: text })],
    openingChunks: (frames) => [
      chunk({ role: 'assistant', content: null, reasoning_content: '' }),
      ...frames,
    ],
    finishChunk: (reason, usage) => [
      {
        ...chunk({ content: '', reasoning_content: null }, reason),
        usage: usage ? cachedUsage(usage) : null,
      },
    ],
    // Not recorded. The shape is that of its HTTP errors.
    errorFrame: (message) => [errorFrame(message, { param: null, code: 'server_error' })],
    errorBody: (status, message, code) => {
      const type = status < 500 ? 'invalid_request_error' : 'server_error';
      return { error: { message, type, param: null, code: code ?? type } };
    },
  };
}

/** Counts, with the part of the prompt that was cached: none. */
const cachedUsage = ([prompt, completion]: Tokens) => ({
  ...toUsage(prompt, completion),
  prompt_tokens_details: { cached_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 0 },
  prompt_cache_hit_tokens: 0,
  prompt_cache_miss_tokens: prompt,
});
