import type { Delta } from '../../../codec/Delta';
import { callInPieces, tokens, wholeCall } from '../chunks';
import type { Dialect, Speaker, Tokens } from '../DialectBuilders';
import { headOf } from '../heads';
import { errorFrameOf } from '../wire';

/**
 * DeepSeek's reasoner: `content` and `reasoning_content` in every delta, one of them null, tool calls in pieces, usage in
 * the chunk with the finish reason.
 */
export function deepseek({ model, turn }: Speaker): Dialect {
  const base = {
    id: `00000000-0000-4000-8000-${String(turn).padStart(12, '0')}`,
    object: 'chat.completion.chunk',
    created: 1_790_000_000 + turn,
    model,
    system_fingerprint: 'fp_0123456789_prod0820_fp8_kvcache',
  };
  const chunk = (delta: Delta, finish_reason: string | null = null) => ({
    ...base,
    choices: [{ index: 0, delta, logprobs: null, finish_reason }],
    usage: null,
  });
  return {
    head: headOf(200, { 'content-type': 'text/event-stream; charset=utf-8' }),
    chunkOf: (text) => [chunk({ content: text, reasoning_content: null })],
    reasoningOf: (text) => [chunk({ content: null, reasoning_content: text })],
    toolCallOf: (call) => callInPieces(call, 4).map((piece) => chunk({ tool_calls: [piece] })),
    firstOf: (said) => [chunk({ role: 'assistant', content: null, reasoning_content: '' }), ...said],
    finishOf: (reason, usage) => [
      { ...chunk({ content: '', reasoning_content: null }, reason), usage: usage ? cached(usage) : null },
    ],
    // Not among the recordings: the shape of its HTTP errors.
    errorFrameOf: (words) => [errorFrameOf(words, { param: null, code: 'server_error' })],
    errorOf: (status, words, code) => {
      const type = status < 500 ? 'invalid_request_error' : 'server_error';
      return { error: { message: words, type, param: null, code: code ?? type } };
    },
    completionOf: ({ text, reasoning, toolCalls, finish, usage }) => ({
      ...base,
      object: 'chat.completion',
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: text,
            ...(reasoning && { reasoning_content: reasoning }),
            ...(toolCalls.length > 0 && { tool_calls: toolCalls.map(wholeCall) }),
          },
          logprobs: null,
          finish_reason: finish,
        },
      ],
      usage: cached(usage),
    }),
  };
}

/** Counts, and how much of the question was known already: nothing. */
const cached = ([prompt, completion]: Tokens) => ({
  ...tokens(prompt, completion),
  prompt_tokens_details: { cached_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 0 },
  prompt_cache_hit_tokens: 0,
  prompt_cache_miss_tokens: prompt,
});
