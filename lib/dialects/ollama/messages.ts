import { isRecord } from '../../codec/isRecord';
import { RequestError } from '../../errors';
import { parseJson } from '../../response/errorShapes';
import type { Fields } from '../Dialect';

/**
 * Converts the messages of a chat completion to those of `/api/chat`.
 *
 * Images are base64 without the beginning of a `data:` URI, arguments of calls are objects, and a result has the name of its
 * tool, found by the id of the call.
 *
 * @throws RequestError for a part that Ollama has no place for, and for arguments that are not a JSON object.
 */
export function ollamaMessages(messages: unknown): unknown {
  // JavaScript allows anything here; the server reports it.
  if (!Array.isArray(messages)) return messages;
  const toolNames = new Map<unknown, unknown>();
  return (messages as readonly unknown[]).map((message) => {
    if (!isRecord(message)) return message;
    const { role, name, tool_call_id: callId } = message;
    const calls = callsIn(message);
    for (const { id, function: called } of calls) toolNames.set(id, called.name);
    const isResult = role === 'tool' || role === 'function';
    return {
      role: role === 'developer' ? 'system' : role === 'function' ? 'tool' : role,
      ...contentOf(message.content),
      thinking: message.reasoning ?? message.reasoning_content ?? undefined,
      tool_calls: calls.length > 0 ? calls : undefined,
      ...(isResult && { tool_name: name ?? toolNames.get(callId), tool_call_id: callId }),
    };
  });
}

interface Content {
  readonly content: string;
  /** Images and audio in base64. */
  readonly images?: readonly unknown[];
}

function contentOf(content: unknown): Content {
  if (!Array.isArray(content)) return { content: typeof content === 'string' ? content : '' };
  const parts = (content as readonly unknown[]).filter(isRecord);
  const images = parts.flatMap(mediaOf);
  const texts = parts.flatMap(({ type, text, refusal }) =>
    type === 'text' ? [text] : type === 'refusal' ? [refusal] : [],
  );
  return { content: texts.join('\n'), ...(images.length > 0 && { images }) };
}

function mediaOf({ type, image_url: image, input_audio: audio }: Fields): readonly unknown[] {
  if (type === 'text' || type === 'refusal') return [];
  if (type === 'image_url') return [base64Of(isRecord(image) ? image.url : image)];
  // Ollama detects audio by its bytes.
  if (type === 'input_audio' && isRecord(audio)) return [audio.data];
  throw new RequestError(`Ollama has no place for a message part of type ${String(type)}: remove it`);
}

function base64Of(url: unknown): string {
  const [, data] = /^data:[^,]*;base64,(.*)$/s.exec(String(url)) ?? [];
  if (data !== undefined) return data;
  throw new RequestError(
    'Ollama fetches no images: put the image into the message, as a data: URI in base64',
  );
}

interface Call {
  readonly id: unknown;
  readonly function: { readonly name: unknown; readonly arguments: Fields };
}

/** Returns the calls of a message; the one of the deprecated `function_call` has no id. */
function callsIn({ tool_calls: calls, function_call: single }: Fields): readonly Call[] {
  const all: readonly unknown[] = Array.isArray(calls) ? calls : [];
  const called = isRecord(single) ? [{ function: single }, ...all] : all;
  return called.flatMap((call) => {
    if (!isRecord(call) || !isRecord(call.function)) return [];
    const { name, arguments: text } = call.function;
    return [{ id: call.id, function: { name, arguments: argumentsOf(name, text) } }];
  });
}

function argumentsOf(name: unknown, text: unknown): Fields {
  const value = text === '' || text == null ? {} : typeof text === 'string' ? parseJson(text) : text;
  if (isRecord(value)) return value;
  throw new RequestError(
    `the arguments of a call of ${String(name)} are not a JSON object, as Ollama requires`,
  );
}
