import type { Delta } from '../../../codec/Delta';
import { callHead, callInMessage, callPiece, cutEvery, argumentsText, tokens } from '../chunks';
import type { Dialect, DialectContext, Tokens } from '../DialectBuilders';
import { responseHead } from '../heads';
import { eventFrame } from '../wire';

/**
 * llama.cpp's llama-server: a first delta with the role and `content: null`, `reasoning_content`, the arguments of a tool
 * call a few characters at a time with the first of them beside its name. An error in the middle ends the body
 * without `[DONE]`.
 */
export function llamaCpp({ model, turn }: DialectContext): Dialect {
  const base = {
    created: 1_790_000_000 + turn,
    id: `chatcmpl-${String(turn).padStart(32, 'Scripted')}`,
    model,
    system_fingerprint: 'b11669-Debian',
    object: 'chat.completion.chunk',
  };
  const chunk = (delta: Delta, finish_reason: string | null = null) => ({
    choices: [{ finish_reason, index: 0, delta }],
    ...base,
  });
  return {
    head: responseHead(200, { server: 'llama.cpp', 'x-accel-buffering': 'no' }),
    textChunk: (text) => [chunk({ content: text })],
    reasoningChunk: (text) => [chunk({ reasoning_content: text })],
    toolCallChunk: (call) => {
      const [first = '', ...rest] = cutEvery(2, argumentsText(call));
      return [callHead(call, first), ...rest.map((piece) => callPiece(call, piece))].map((piece) =>
        chunk({ tool_calls: [piece] }),
      );
    },
    openingChunks: (said) => [chunk({ role: 'assistant', content: null }), ...said],
    finishChunk: (reason, usage) => [
      chunk({}, reason),
      ...(usage ? [{ ...base, choices: [], usage: counted(usage), timings: timings(usage) }] : []),
    ],
    errorFrame: (message) => [eventFrame(errorBody(500, message))],
    errorBody: errorBody,
    completion: ({ text, reasoning, toolCalls, finish, usage }) => ({
      choices: [
        {
          finish_reason: finish,
          index: 0,
          message: {
            role: 'assistant',
            content: text,
            ...(reasoning && { reasoning_content: reasoning }),
            ...(toolCalls.length > 0 && { tool_calls: toolCalls.map(callInMessage) }),
          },
        },
      ],
      ...base,
      object: 'chat.completion',
      usage: counted(usage),
      timings: timings(usage),
    }),
  };
}

const errorBody = (status: number, message: string, code?: string) => ({
  error: { code: code ?? status, message, type: ERROR_TYPES[status] ?? 'server_error' },
});

const ERROR_TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  404: 'not_found_error',
  501: 'not_supported_error',
  503: 'unavailable_error',
};

const counted = (usage: Tokens) => ({ ...tokens(...usage), prompt_tokens_details: { cached_tokens: 0 } });

/** As of a machine that reads a token in one millisecond and writes one in ten. */
const timings = ([prompt, completion]: Tokens) => ({
  cache_n: 0,
  prompt_n: prompt,
  prompt_ms: prompt,
  prompt_per_token_ms: 1,
  prompt_per_second: 1000,
  predicted_n: completion,
  predicted_ms: 10 * completion,
  predicted_per_token_ms: 10,
  predicted_per_second: 100,
});
