import type { Delta } from '../../../codec/Delta';
import { argumentsText, callInMessage, tokens, type ScriptedToolCall } from '../chunks';
import type { Dialect, DialectContext } from '../DialectBuilders';
import { responseHead } from '../heads';
import { eventFrame } from '../wire';

/**
 * Mistral: no fingerprint, what the model thinks as parts of an array in `content`, where text is a plain string, tool
 * calls whole and without a type, usage with the finish reason, errors without an `error`.
 */
export function mistral({ model, turn }: DialectContext): Dialect {
  const base = {
    id: String(turn).padStart(32, '5c21b7ed'),
    object: 'chat.completion.chunk',
    created: 1_790_000_000 + turn,
    model,
  };
  const chunk = (delta: Delta, finish_reason: string | null = null) => ({
    ...base,
    choices: [{ index: 0, delta, finish_reason }],
  });
  return {
    head: responseHead(200, { 'content-type': 'text/event-stream; charset=utf-8' }),
    textChunk: (text) => [chunk({ content: text })],
    reasoningChunk: (text) => [chunk({ content: [thinking(text)] })],
    // Mistral says the finish reason in the chunk of the call; here it follows in the next, as it may after text.
    toolCallChunk: (call) => [chunk({ tool_calls: [untyped(call)] })],
    openingChunks: (said) => [chunk({ role: 'assistant', content: '' }), ...said],
    finishChunk: (reason, usage) => [
      { ...chunk({ content: '' }, reason), ...(usage && { usage: tokens(...usage) }) },
    ],
    // Not among the recordings: the shape of its HTTP errors.
    errorFrame: (message) => [eventFrame(errorBody(500, message))],
    errorBody: errorBody,
    completion: ({ text, reasoning, toolCalls, finish, usage }) => ({
      ...base,
      object: 'chat.completion',
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: reasoning ? [thinking(reasoning), { type: 'text', text }] : text,
            ...(toolCalls.length > 0 && { tool_calls: toolCalls.map(callInMessage) }),
          },
          finish_reason: finish,
        },
      ],
      usage: tokens(...usage),
    }),
  };
}

const thinking = (text: string) => ({ type: 'thinking', thinking: [{ type: 'text', text }] });

const untyped = ({ index = 0, id = `scripted${index}`, ...call }: ScriptedToolCall) => ({
  id,
  function: { name: call.name, arguments: argumentsText(call) },
  index,
});

const errorBody = (status: number, message: string, code?: string) => ({
  object: 'error',
  message,
  type: status < 500 ? 'invalid_request_error' : 'service_error',
  param: null,
  code: code ?? String(status),
  raw_status_code: status,
});
