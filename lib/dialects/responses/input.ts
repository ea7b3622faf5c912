import { isRecord } from '../../codec/isRecord';
import type { AssistantContentPart, UserContentPart } from '../../request/ContentPart';
import type { AssistantMessage, Message, MessageToolCall } from '../../request/Message';
import type { Json } from '../translated';
import { itemOfDetail } from './reasoningItem';

/**
 * Creates a function that returns the items of a message: of an assistant's message its reasoning, its text, then its calls.
 *
 * @param messages - All messages, which contain the calls that the results belong to.
 */
export function inputOf(messages: readonly Message[]): (message: Message) => readonly Json[] {
  const customIds = new Set(
    messages.flatMap((message) =>
      message.role === 'assistant'
        ? (message.tool_calls ?? []).flatMap(({ type, id }) => (type === 'custom' ? [id] : []))
        : [],
    ),
  );
  return (message) => {
    if (message.role === 'assistant') return answerItems(message);
    if (message.role === 'tool') {
      const type = customIds.has(message.tool_call_id) ? 'custom_tool_call_output' : 'function_call_output';
      const output = typeof message.content === 'string' ? message.content : message.content.map(inputPart);
      return [{ type, call_id: message.tool_call_id, output }];
    }
    if (message.role === 'function') {
      return [{ type: 'function_call_output', call_id: message.name, output: message.content ?? '' }];
    }
    const { role, content } = message;
    return [{ type: 'message', role, content: Array.isArray(content) ? content.map(inputPart) : content }];
  };
}

function inputPart(part: UserContentPart): Json {
  switch (part.type) {
    case 'text':
      return { type: 'input_text', text: part.text };
    case 'image_url': {
      const { url, detail } = part.image_url;
      return { type: 'input_image', image_url: url, detail };
    }
    case 'file':
      return { type: 'input_file', ...part.file };
    default:
      return { ...part };
  }
}

function answerItems(message: AssistantMessage): readonly Json[] {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- old histories have it
  const { reasoning_details = [], tool_calls = [], function_call: single } = message;
  const content = outputParts(message);
  return [
    ...reasoning_details.flatMap((detail) => (isRecord(detail) ? itemOfDetail(detail) : [])),
    ...(content.length > 0 ? [{ type: 'message', role: 'assistant', content }] : []),
    // The deprecated form has no id: a call and its result are linked by the name.
    ...(single ? [{ type: 'function_call', call_id: single.name, ...single }] : []),
    ...tool_calls.map(callItem),
  ];
}

function outputParts({ content, refusal }: AssistantMessage): readonly Json[] {
  const parts: readonly AssistantContentPart[] =
    typeof content === 'string' ? (content === '' ? [] : [{ type: 'text', text: content }]) : (content ?? []);
  return [
    ...parts.map((part) => (part.type === 'text' ? { type: 'output_text', text: part.text } : { ...part })),
    ...(refusal ? [{ type: 'refusal', refusal }] : []),
  ];
}

const callItem = (call: MessageToolCall): Json =>
  call.type === 'custom'
    ? { type: 'custom_tool_call', call_id: call.id, ...call.custom }
    : {
        type: 'function_call',
        call_id: call.id,
        name: call.function.name,
        arguments: call.function.arguments,
      };
