import { recordsIn } from '../../codec/recordsIn';
import type { AssistantContentPart, UserContentPart } from '../../request/ContentPart';
import type { AssistantMessage, Message, MessageToolCall } from '../../request/Message';
import { imageUrlOf } from '../imageUrlOf';
import type { Json } from '../translated';
import { argumentsOf } from './Item';
import { itemOfDetail } from './reasoningItem';

/** Returns the items of messages: of an assistant's message several. */
export function inputOf(messages: readonly Message[]): readonly Json[] {
  const customIds = new Set<string>();
  return messages.flatMap((message): readonly Json[] => {
    switch (message.role) {
      case 'assistant':
        for (const { type, id } of message.tool_calls ?? []) if (type === 'custom') customIds.add(id);
        return answerItems(message);
      case 'tool':
      case 'function': {
        const call_id = message.role === 'tool' ? message.tool_call_id : message.name;
        const type = customIds.has(call_id) ? 'custom_tool_call_output' : 'function_call_output';
        return [{ type, call_id, output: inputContent(message.content) ?? '' }];
      }
      default:
        return [{ type: 'message', ...message, content: inputContent(message.content) }];
    }
  });
}

/** JavaScript has `null` for a result without text. */
const inputContent = (content: string | readonly UserContentPart[] | null): unknown =>
  Array.isArray(content) ? (content as readonly UserContentPart[]).map(inputPart) : content;

/** Returns a part under its name there. Fields beside its content, such as a mark for the prompt cache, are sent as they are. */
function inputPart(part: UserContentPart): Json {
  switch (part.type) {
    case 'text':
      return { ...part, type: 'input_text' };
    case 'image_url':
      return { ...part, type: 'input_image', image_url: imageUrlOf(part), detail: part.image_url.detail };
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
  const { reasoning_details, tool_calls, function_call: single, content, phase } = message;
  // The deprecated form has no id: a call and its result are linked by the name.
  const deprecated = single ? [{ id: single.name, type: 'function', function: single } as const] : [];
  const calls = [...deprecated, ...(tool_calls ?? [])].map(callItem);
  const messageItem = (parts: readonly Json[]): readonly Json[] =>
    parts.length > 0 ? [{ type: 'message', role: 'assistant', content: parts, phase }] : [];
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
        arguments: argumentsOf(call.function),
      };
