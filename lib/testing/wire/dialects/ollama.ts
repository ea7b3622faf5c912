import type { ChatCompletionChunk } from '../../../codec/ChatCompletionChunk';
import type { Delta } from '../../../codec/Delta';
import { tokens, wholeCall } from '../chunks';
import type { Dialect, DialectContext } from '../DialectBuilders';
import { responseHead } from '../heads';

/**
 * Ollama: the role in the first delta only, `reasoning` beside an empty `content`, tool calls whole, usage in a
 * chunk of its own. Ids are drawn from a thousand and repeat.
 */
export function ollama({ model, turn }: DialectContext): Dialect {
  const base = {
    id: `chatcmpl-${(417 + turn) % 1000}`,
    object: 'chat.completion.chunk',
    created: 1_790_000_000 + turn,
    model,
    system_fingerprint: 'fp_ollama',
  };
  const chunk = (delta: Delta, finish_reason: string | null = null) => ({
    ...base,
    choices: [{ index: 0, delta, finish_reason }],
  });
  return {
    head: responseHead(200),
    textChunk: (text) => [chunk({ content: text })],
    reasoningChunk: (text) => [chunk({ content: '', reasoning: text })],
    toolCallChunk: (call) => [chunk({ content: '', tool_calls: [wholeCall(call)] })],
    openingChunks: ([first, ...rest]) => {
      const delta = (first as ChatCompletionChunk | undefined)?.choices?.[0]?.delta;
      return [chunk({ role: 'assistant', ...delta }), ...rest];
    },
    finishChunk: (reason, usage) => [
      chunk({}, reason),
      ...(usage ? [{ ...base, choices: [], usage: tokens(...usage) }] : []),
    ],
    // An error after the first byte is lost: an empty chunk of no model, then the body ends.
    errorFrame: () => [{ ...chunk({ content: '' }), model: '' }],
    errorBody: (status, message, code) => ({
      error: { message, type: ERROR_TYPES[status] ?? 'api_error', param: null, code: code ?? null },
    }),
    completion: ({ text, reasoning, toolCalls, finish, usage }) => ({
      ...base,
      object: 'chat.completion',
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: text,
            ...(reasoning && { reasoning }),
            ...(toolCalls.length > 0 && { tool_calls: toolCalls.map(wholeCall) }),
          },
          finish_reason: finish,
        },
      ],
      usage: tokens(...usage),
    }),
  };
}

const ERROR_TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  404: 'not_found_error',
};
