import type { Delta } from '../../../codec/Delta';
import { callInPieces, tokens, wholeCall } from '../chunks';
import type { Dialect, DialectContext, Tokens } from '../DialectBuilders';
import { responseHead } from '../heads';
import { errorFrame } from '../wire';

/**
 * DeepSeek's reasoner: `content` and `reasoning_content` in every delta, one of them null, tool calls in pieces, usage in
 * the chunk with the finish reason.
 */
export function deepseek({ model, turn }: DialectContext): Dialect {
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
    head: responseHead(200, { 'content-type': 'text/event-stream; charset=utf-8' }),
    textChunk: (text) => [chunk({ content: text, reasoning_content: null })],
    reasoningChunk: (text) => [chunk({ content: null, reasoning_content: text })],
    toolCallChunk: (call) => callInPieces(call, 4).map((piece) => chunk({ tool_calls: [piece] })),
    openingChunks: (said) => [chunk({ role: 'assistant', content: null, reasoning_content: '' }), ...said],
    finishChunk: (reason, usage) => [
      { ...chunk({ content: '', reasoning_content: null }, reason), usage: usage ? cached(usage) : null },
    ],
    // Not among the recordings: the shape of its HTTP errors.
    errorFrame: (message) => [errorFrame(message, { param: null, code: 'server_error' })],
    errorBody: (status, message, code) => {
      const type = status < 500 ? 'invalid_request_error' : 'server_error';
      return { error: { message, type, param: null, code: code ?? type } };
    },
    completion: ({ text, reasoning, toolCalls, finish, usage }) => ({
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
