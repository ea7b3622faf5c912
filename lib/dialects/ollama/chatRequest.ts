import { isRecord } from '../../codec/isRecord';
import { parseJson } from '../../codec/parseJson';
import { RequestError } from '../../errors';
import type { AssistantContentPart, UserContentPart } from '../../request/ContentPart';
import type { ChatRequest } from '../../request/ChatRequest';
import type {
  AssistantMessage,
  FunctionToolCall,
  Message,
  MessageToolCall,
  ToolMessage,
} from '../../request/Message';
import { imageUrlOf } from '../imageUrlOf';
import type { Json } from '../translated';
import type { OllamaNativeExtras } from './OllamaNativeExtras';

/** A request as the library sends it, with the entries of `extra` among its fields. */
type Fields = Omit<ChatRequest, 'extra'> &
  OllamaNativeExtras & {
    readonly reasoning?: { readonly effort?: string };
  };

/** Fields that `/api/chat` reads as well, and reads in the same way. */
export const SAME = [
  'model',
  'stream',
  'tools',
  'logprobs',
  'top_logprobs',
  'keep_alive',
  'truncate',
  'shift',
] as const;

/** Fields that are options of the model there. Other servers read some of them from `extra`. */
export const OPTIONS = [
  'temperature',
  'top_p',
  'seed',
  'frequency_penalty',
  'presence_penalty',
  'top_k',
  'min_p',
  'repeat_penalty',
  'num_ctx',
] as const;

/**
 * Returns the body of `/api/chat` for that of a chat completion, as `FromChatRequest` in Ollama's source does it.
 *
 * Fields that `/api/chat` does not have are left out. `temperature` and `top_p` are sent if they are set; Ollama's `/v1` sets
 * them to 1 otherwise.
 *
 * @throws RequestError for a part of a message that `/api/chat` cannot represent.
 */
export function chatRequestOf(json: Json): Json {
  const fields = json as unknown as Fields;
  const { messages, stop } = fields;
  return {
    ...picked(json, SAME),
    messages: messagesOf(messages),
    format: fields.format ?? formatOf(fields.response_format),
    think: fields.think ?? thinkOf(fields.reasoning?.effort ?? fields.reasoning_effort),
    options: {
      ...picked(json, OPTIONS),
      num_predict: fields.max_completion_tokens ?? fields.max_tokens ?? undefined,
      stop: typeof stop === 'string' ? [stop] : (stop ?? undefined),
      ...fields.options,
    },
  };
}

/** Returns some of the fields. JSON leaves out those that are undefined. */
const picked = (fields: Json, names: readonly string[]): Json =>
  Object.fromEntries(names.map((name) => [name, fields[name] ?? undefined]));

function formatOf(format: Fields['response_format']): unknown {
  if (format?.type === 'json_object') return 'json';
  return format?.type === 'json_schema' ? format.json_schema.schema : undefined;
}

/** Efforts that Ollama has another word for; its `/v1` replaces the same ones. */
const EFFORTS: Readonly<Record<string, string | boolean>> = {
  none: false,
  minimal: 'low',
  xhigh: 'max',
  ultra: 'max',
};

const thinkOf = (effort: string | null | undefined): string | boolean | undefined =>
  effort ? (EFFORTS[effort] ?? effort) : undefined;

/** Returns the messages of `/api/chat`, and names the tool of each result. */
function messagesOf(messages: readonly Message[]): readonly Json[] {
  const names = new Map<string, string>();
  return messages.map((message) => {
    const sent = { role: message.role, ...contentOf(message) };
    switch (message.role) {
      case 'assistant':
        for (const call of message.tool_calls ?? []) names.set(call.id, callOf(call).name);
        return { ...sent, ...answerOf(message) };
      case 'tool':
      case 'function': {
        // The deprecated one has a name and no id.
        const { tool_call_id, name = names.get(tool_call_id) } = message as ToolMessage;
        return { ...sent, role: 'tool', tool_name: name, tool_call_id };
      }
      case 'developer':
        return { ...sent, role: 'system' };
      default:
        return sent;
    }
  });
}

function answerOf(message: AssistantMessage): Json {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- old histories have it
  const { reasoning, reasoning_content, tool_calls, function_call: single } = message;
  const calls: readonly Call[] | undefined = single ? [{ function: single }] : tool_calls;
  return {
    thinking: reasoning ?? reasoning_content ?? undefined,
    tool_calls: calls?.map((call, index) => {
      const { name, text } = callOf(call);
      return { id: call.id, function: { index, name, arguments: argumentsOf(name, text) } };
    }),
  };
}

/** A call in a message. */
type Call = MessageToolCall | (Partial<FunctionToolCall> & Pick<FunctionToolCall, 'function'>);

const callOf = (call: Call): { readonly name: string; readonly text: unknown } =>
  call.type === 'custom'
    ? { name: call.custom.name, text: call.custom.input }
    : { name: call.function.name, text: call.function.arguments };

/** `/api/chat` reads the arguments as an object, and histories of Ollama's own clients have them as one. */
function argumentsOf(name: string, text: unknown): Json {
  const value = typeof text === 'string' ? parseJson(text.trim() || '{}') : (text ?? {});
  if (isRecord(value)) return value;
  throw new RequestError(
    `the arguments of a call of ${name} are not a JSON object, which Ollama does not read: leave the call out of the history`,
  );
}

/** Returns text and images of a message. `/api/chat` has no parts. */
function contentOf(message: Message): { readonly content: string; readonly images?: readonly string[] } {
  const { content } = message;
  if (!Array.isArray(content)) {
    const refusal = message.role === 'assistant' ? message.refusal : undefined;
    return { content: (content as string | null | undefined) ?? refusal ?? '' };
  }
  const texts: string[] = [];
  const images: string[] = [];
  for (const part of content as ReadonlyArray<UserContentPart | AssistantContentPart>) {
    if (part.type === 'text') texts.push(part.text);
    else if (part.type === 'refusal') texts.push(part.refusal);
    else images.push(mediaOf(part));
  }
  return { content: texts.join('\n\n'), images: images.length > 0 ? images : undefined };
}

/** Returns the base64 text of an image or of audio; Ollama recognises either by its bytes. */
function mediaOf(part: Exclude<UserContentPart, { readonly type: 'text' }>): string {
  if (part.type === 'input_audio') return part.input_audio.data;
  if (part.type !== 'image_url')
    throw new RequestError(`Ollama does not read parts of type ${part.type}: leave them out of the messages`);
  const data = /^data:[^,]*;base64,(.*)$/is.exec(imageUrlOf(part))?.[1];
  if (data !== undefined) return data;
  throw new RequestError('Ollama does not read images at a URL: send them as data: URIs in base64');
}
