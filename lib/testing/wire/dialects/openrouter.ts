import { singleCallDelta, toUsage } from '../chunks';
import type { Dialect, DialectContext, Tokens } from '../DialectBuilders';
import { commentFrame, doneFrame } from '../wire';
import { dialectFrom, toolCallsField } from './dialectFrom';

/**
 * Builds OpenRouter's format: comments until a provider responds, the role in every delta, reasoning twice (as text and as
 * details), a usage chunk with a choice, and errors as a field of a chunk, followed by `[DONE]`.
 */
export function openrouter({ model, turn }: DialectContext): Dialect {
  const { chunk, ...common } = dialectFrom({
    base: {
      id: `gen-${1_790_000_000 + turn}-${String(turn).padStart(20, 'Scripted')}`,
      provider: 'Scripted',
      model,
      object: 'chat.completion.chunk',
      created: 1_790_000_000 + turn,
    },
    delta: { role: 'assistant' },
    choice: (finish) => ({ native_finish_reason: finish, logprobs: null }),
    toolCall: (call) => [singleCallDelta(call)],
    message: (answer) => ({
      content: answer.text,
      refusal: null,
      reasoning: answer.reasoning || null,
      ...toolCallsField(answer, singleCallDelta),
    }),
    usage: billedUsage,
  });
  return {
    ...common,
    reasoningChunk: (text) => {
      const details = [{ type: 'reasoning.text', text, index: 0, format: null }];
      return [chunk({ content: '', reasoning: text, reasoning_details: details })];
    },
    toolCallChunk: (call) => [chunk({ content: null, tool_calls: [singleCallDelta(call)] })],
    openingChunks: (frames) => [commentFrame('OPENROUTER PROCESSING'), ...frames],
    finishChunk: (reason, usage) => [
      chunk({ content: '' }, reason),
      ...(usage ? [{ ...chunk({ content: '' }), usage: billedUsage(usage) }] : []),
    ],
    errorFrame: (message) => [
      { ...chunk({ content: '' }), error: error(502, message), usage: billedUsage([0, 0]) },
      doneFrame(),
    ],
    errorBody: (status, message, code) => ({ error: error(status, message, code) }),
  };
}

const error = (status: number, message: string, code?: string) => ({ message, code: code ?? status });

/** Counts and their price, which is 0 for a script. */
const billedUsage = (tokens: Tokens) => ({
  ...toUsage(...tokens),
  cost: 0,
  is_byok: false,
  prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
  cost_details: {
    upstream_inference_cost: null,
    upstream_inference_prompt_cost: 0,
    upstream_inference_completions_cost: 0,
  },
  completion_tokens_details: { reasoning_tokens: 0, image_tokens: 0 },
});
