import type { ChatCompletionChunk } from '../../../codec/ChatCompletionChunk';
import { singleCallDelta, toUsage } from '../chunks';
import type { Dialect, DialectContext } from '../DialectBuilders';
import { dialectFrom, toolCallsField } from './dialectFrom';

/**
 * Builds Ollama's format: the role in the first delta only, `reasoning` beside an empty `content`, tool calls in one delta,
 * usage in a separate chunk. Ids are chosen from a thousand and repeat.
 */
export function ollama({ model, turn }: DialectContext): Dialect {
  const { chunk, ...common } = dialectFrom({
    base: {
      id: `chatcmpl-${(417 + turn) % 1000}`,
      object: 'chat.completion.chunk',
      created: 1_790_000_000 + turn,
      model,
      system_fingerprint: 'fp_ollama',
    },
    toolCall: (call) => [singleCallDelta(call)],
    message: (answer) => ({
      content: answer.text,
      ...(answer.reasoning && { reasoning: answer.reasoning }),
      ...toolCallsField(answer, singleCallDelta),
    }),
    usage: (tokens) => toUsage(...tokens),
  });
  return {
    ...common,
    reasoningChunk: (text) => [chunk({ content: '', reasoning: text })],
    toolCallChunk: (call) => [chunk({ content: '', tool_calls: [singleCallDelta(call)] })],
    openingChunks: ([first, ...rest]) => {
      const delta = (first as ChatCompletionChunk | undefined)?.choices?.[0]?.delta;
      return [chunk({ role: 'assistant', ...delta }), ...rest];
    },
    // An error after the first byte is lost: an empty chunk without a model, then the end of the body.
    errorFrame: () => [{ ...chunk({ content: '' }), model: '' }],
    errorBody: (status, message, code) => ({
      error: { message, type: ERROR_TYPES[status] ?? 'api_error', param: null, code: code ?? null },
    }),
  };
}

const ERROR_TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  404: 'not_found_error',
};
