import { argumentsText, messageCall, toUsage, type ScriptedToolCall } from '../chunks';
import type { Dialect, DialectContext } from '../DialectBuilders';
import { responseHead } from '../heads';
import { eventFrame } from '../wire';
import { dialectFrom, toolCallsField } from './dialectFrom';

/**
 * Builds Mistral's format: no fingerprint, reasoning as an array of parts in `content` (text is a string), tool calls in one
 * delta and without a type, usage with the finish reason, errors without a field `error`.
 */
export function mistral({ model, turn }: DialectContext): Dialect {
  const { chunk, ...common } = dialectFrom({
    base: {
      id: String(turn).padStart(32, '5c21b7ed'),
      object: 'chat.completion.chunk',
      created: 1_790_000_000 + turn,
      model,
    },
    // Mistral sends the finish reason in the chunk of the call. Here it follows in the next chunk, as after text.
    toolCall: (call) => [untypedCall(call)],
    message: (answer) => ({
      content: answer.reasoning
        ? [thinking(answer.reasoning), { type: 'text', text: answer.text }]
        : answer.text,
      ...toolCallsField(answer, messageCall),
    }),
    usage: (tokens) => toUsage(...tokens),
  });
  return {
    ...common,
    head: responseHead(200, { 'content-type': 'text/event-stream; charset=utf-8' }),
    reasoningChunk: (text) => [chunk({ content: [thinking(text)] })],
    openingChunks: (frames) => [chunk({ role: 'assistant', content: '' }), ...frames],
    finishChunk: (reason, usage) => [
      { ...chunk({ content: '' }, reason), ...(usage && { usage: toUsage(...usage) }) },
    ],
    // Not recorded. The shape is that of its HTTP errors.
    errorFrame: (message) => [eventFrame(errorBody(500, message))],
    errorBody,
  };
}

const thinking = (text: string) => ({ type: 'thinking', thinking: [{ type: 'text', text }] });

const untypedCall = ({ index = 0, id = `scripted${index}`, ...call }: ScriptedToolCall) => ({
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
