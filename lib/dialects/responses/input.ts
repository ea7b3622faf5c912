import type { AssistantContentPart, UserContentPart } from '../../request/ContentPart';
import type { AssistantMessage, Message, MessageToolCall } from '../../request/Message';
import { recordsIn } from '../recordsIn';
import type { Json } from '../translated';
import { itemOfDetail } from './reasoningItem';

/**
 * Creates a function that returns the items of a message: of an assistant's message several.
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
      const { content } = message;
      const output = Array.isArray(content) ? content.map(inputPart) : ((content as string | null) ?? '');
      return [{ type, call_id: message.tool_call_id, output }];
    }
    if (message.role === 'function') {
      return [{ type: 'function_call_output', call_id: message.name, output: message.content ?? '' }];
    }
    const { role, content } = message;
    return [{ type: 'message', role, content: Array.isArray(content) ? content.map(inputPart) : content }];
  };
}

/** Returns a part under its name there. Fields beside its content, such as a mark for the prompt cache, are sent as they are. */
function inputPart(part: UserContentPart): Json {
  switch (part.type) {
    case 'text':
      return { ...part, type: 'input_text' };
    case 'image_url': {
      const { url, detail } = part.image_url;
      return { ...part, type: 'input_image', image_url: url, detail };
    }
    case 'file': {
      const { file, ...others } = part;
      return { ...others, type: 'input_file', ...file };
    }
    default:
      return { ...part };
  }
}

/** Returns the items of an answer: each reasoning item at its place, and between them text, then calls. */
function answerItems(message: AssistantMessage): readonly Json[] {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- old histories have it
  const { reasoning_details, tool_calls, function_call: single, content } = message;
  const calls = [
    // The deprecated form has no id: a call and its result are linked by the name.
    ...(single ? [{ type: 'function_call', call_id: single.name, ...single }] : []),
    ...(tool_calls ?? []).map(callItem),
  ];
  const items: Json[] = [];
  let said = 0;
  let called = 0;
  for (const { item, after } of recordsIn(reasoning_details).flatMap(itemOfDetail)) {
    const [characters, count] = after;
    // Content in parts is not what was received, and has no places.
    const text = typeof content === 'string' ? content.slice(said, characters) : '';
    items.push(...messageItem(partsOf(text)), ...calls.slice(called, count), item);
    [said, called] = [said + text.length, Math.max(called, count)];
  }
  const rest = typeof content === 'string' ? content.slice(said) : content;
  return [...items, ...messageItem([...partsOf(rest), ...refusalOf(message)]), ...calls.slice(called)];
}

const messageItem = (content: readonly Json[]): readonly Json[] =>
  content.length > 0 ? [{ type: 'message', role: 'assistant', content }] : [];

function partsOf(content: AssistantMessage['content']): readonly Json[] {
  const parts: readonly AssistantContentPart[] =
    typeof content === 'string' ? (content === '' ? [] : [{ type: 'text', text: content }]) : (content ?? []);
  return parts.map((part) => (part.type === 'text' ? { type: 'output_text', text: part.text } : { ...part }));
}

const refusalOf = ({ refusal }: AssistantMessage): readonly Json[] =>
  refusal ? [{ type: 'refusal', refusal }] : [];

const callItem = (call: MessageToolCall): Json =>
  call.type === 'custom'
    ? { type: 'custom_tool_call', call_id: call.id, ...call.custom }
    : {
        type: 'function_call',
        call_id: call.id,
        name: call.function.name,
        arguments: call.function.arguments,
      };
