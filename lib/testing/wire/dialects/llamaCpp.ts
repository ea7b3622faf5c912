import { argumentsText, firstCallDelta, messageCall, nextCallDelta, splitEvery, toUsage } from '../chunks';
import type { Dialect, DialectContext, Tokens } from '../DialectBuilders';
import { responseHead } from '../heads';
import { eventFrame } from '../wire';
import { dialectFrom, toolCallsField } from './dialectFrom';

/**
 * Builds the format of llama.cpp's llama-server: a first delta with the role and `content: null`, `reasoning_content`, the
 * arguments of a tool call a few characters at a time, the first of them beside its name. An error in a stream ends the body
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
  const { chunk, ...common } = dialectFrom({
    base,
    toolCall: (call) => {
      const [first = '', ...rest] = splitEvery(2, argumentsText(call));
      return [firstCallDelta(call, first), ...rest.map((fragment) => nextCallDelta(call, fragment))];
    },
    message: (answer) => ({
      content: answer.text,
      ...(answer.reasoning && { reasoning_content: answer.reasoning }),
      ...toolCallsField(answer, messageCall),
    }),
    usage: cachedUsage,
  });
  return {
    ...common,
    head: responseHead(200, { server: 'llama.cpp', 'x-accel-buffering': 'no' }),
    reasoningChunk: (text) => [chunk({ reasoning_content: text })],
    openingChunks: (frames) => [chunk({ role: 'assistant', content: null }), ...frames],
    finishChunk: (reason, usage) => [
      chunk({}, reason),
      ...(usage ? [{ ...base, choices: [], usage: cachedUsage(usage), timings: timings(usage) }] : []),
    ],
    errorFrame: (message) => [eventFrame(errorBody(500, message))],
    errorBody,
    completion: (answer) => ({ ...(common.completion(answer) as object), timings: timings(answer.usage) }),
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

const cachedUsage = (tokens: Tokens) => ({
  ...toUsage(...tokens),
  prompt_tokens_details: { cached_tokens: 0 },
});

/** The timings of a machine that reads a token in 1 ms and writes one in 10 ms. */
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
