import type { Delta } from '../../../codec/Delta';
import { tokens, wholeCall } from '../chunks';
import type { Dialect, DialectContext, Tokens } from '../DialectBuilders';
import { responseHead } from '../heads';
import { commentFrame, doneFrame } from '../wire';

/**
 * OpenRouter: comments while it waits for a provider, the role in every delta, reasoning twice over (as text and as
 * details), a usage chunk that has a choice, and errors as a field of a chunk, with `[DONE]` after it.
 */
export function openrouter({ model, turn }: DialectContext): Dialect {
  const base = {
    id: `gen-${1_790_000_000 + turn}-${String(turn).padStart(20, 'Scripted')}`,
    provider: 'Scripted',
    model,
    object: 'chat.completion.chunk',
    created: 1_790_000_000 + turn,
  };
  const chunk = (delta: Delta, finish: string | null = null) => ({
    ...base,
    choices: [
      {
        index: 0,
        delta: { role: 'assistant', ...delta },
        finish_reason: finish,
        native_finish_reason: finish,
        logprobs: null,
      },
    ],
  });
  const error = (status: number, message: string, code?: string) => ({ message, code: code ?? status });
  return {
    head: responseHead(200),
    textChunk: (text) => [chunk({ content: text })],
    reasoningChunk: (text) => {
      const details = [{ type: 'reasoning.text', text, index: 0, format: null }];
      return [chunk({ content: '', reasoning: text, reasoning_details: details })];
    },
    toolCallChunk: (call) => [chunk({ content: null, tool_calls: [wholeCall(call)] })],
    openingChunks: (said) => [commentFrame('OPENROUTER PROCESSING'), ...said],
    finishChunk: (reason, usage) => [
      chunk({ content: '' }, reason),
      ...(usage ? [{ ...chunk({ content: '' }), usage: billed(usage) }] : []),
    ],
    errorFrame: (message) => [
      { ...chunk({ content: '' }), error: error(502, message), usage: billed([0, 0]) },
      doneFrame(),
    ],
    errorBody: (status, message, code) => ({ error: error(status, message, code) }),
    completion: ({ text, reasoning, toolCalls, finish, usage }) => ({
      ...base,
      object: 'chat.completion',
      choices: [
        {
          logprobs: null,
          finish_reason: finish,
          native_finish_reason: finish,
          index: 0,
          message: {
            role: 'assistant',
            content: text,
            refusal: null,
            reasoning: reasoning || null,
            ...(toolCalls.length > 0 && { tool_calls: toolCalls.map(wholeCall) }),
          },
        },
      ],
      usage: billed(usage),
    }),
  };
}

/** Counts and their price, which is none: a script is free. */
const billed = (usage: Tokens) => ({
  ...tokens(...usage),
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
