import { isRecord } from '../../codec/isRecord';
import { DONE, type Json } from '../translated';
import { CallDeltas } from './CallDeltas';
import { annotationsOf, isCall, PARAGRAPH, reasoningParts, recordsIn, textIn, type Item } from './Item';
import { detailsOfItem } from './reasoningItem';
import { errorOf, headOf, reasonOf, usageOf, type Response } from './Response';

/** An event of a stream. */
interface Event {
  readonly type?: string;
  readonly delta?: string;
  readonly logprobs?: unknown;
  readonly item?: unknown;
  readonly item_id?: string;
  /** llama.cpp sends none, and gateways may change the id of an item between two events. */
  readonly output_index?: number;
  readonly summary_index?: number;
  readonly annotation?: Json;
  readonly response?: unknown;
  readonly error?: unknown;
}

/** Creates a function that returns the chunks of each event of one stream. */
export function createResponseChunks(): (event: Json) => ReadonlyArray<Json | typeof DONE> {
  const calls = new CallDeltas();
  /** Types of the items whose text arrives in deltas. */
  const streamed = new Set<unknown>();
  let details = 0;

  return (json) => {
    const event = json as Event;
    const { delta = '' } = event;
    const item: Item = isRecord(event.item) ? event.item : {};
    const response: Response | undefined = isRecord(event.response) ? event.response : undefined;
    const key = event.output_index ?? item.id ?? event.item_id;
    switch (event.type) {
      case 'response.created':
        return [{ ...headOf(response), ...chunkOf({ role: 'assistant', content: '' }) }];
      case 'response.output_text.delta':
        streamed.add('message');
        return [chunkOf({ content: delta }, event.logprobs)];
      case 'response.refusal.delta':
        streamed.add('message');
        return [chunkOf({ refusal: delta })];
      case 'response.output_text.annotation.added':
        return chunksOf('annotations', annotationsOf([event.annotation]));
      case 'response.reasoning_summary_part.added':
        return event.summary_index ? [chunkOf({ reasoning: PARAGRAPH })] : [];
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_text.delta':
        streamed.add('reasoning');
        return [chunkOf({ reasoning: delta })];
      case 'response.output_item.added':
        return isCall(item) ? chunksOf('tool_calls', calls.begin(key, item)) : [];
      case 'response.function_call_arguments.delta':
      case 'response.custom_tool_call_input.delta':
        return chunksOf('tool_calls', calls.write(key, delta));
      case 'response.output_item.done':
        if (isCall(item)) return chunksOf('tool_calls', calls.end(key, item));
        return [
          ...(streamed.has(item.type) ? [] : textOf(item)),
          ...(item.type === 'reasoning'
            ? chunksOf('reasoning_details', detailsOfItem(item as Json, details++))
            : []),
        ];
      case 'response.completed':
      case 'response.incomplete': {
        const end = { index: 0, delta: {}, finish_reason: reasonOf(response, calls.hasCalls) };
        return [{ ...headOf(response), object: CHUNK, choices: [end], usage: usageOf(response) }, DONE];
      }
      case 'response.failed':
        return [errorOf(response)];
      case 'error':
        return [{ error: event.error ?? json }];
      default:
        // An error in the form of chat completions, as llama.cpp and gateways send it.
        return event.error ? [{ error: event.error }] : [];
    }
  };
}

const CHUNK = 'chat.completion.chunk';

function chunkOf(delta: Json, logprobs?: unknown): Json {
  const hasLogprobs = Array.isArray(logprobs) && logprobs.length > 0;
  return {
    object: CHUNK,
    choices: [{ index: 0, delta, logprobs: hasLogprobs ? { content: logprobs as unknown } : undefined }],
  };
}

/** Returns the text of a complete item as chunks: some servers send no deltas of it. */
function textOf(item: Item): readonly Json[] {
  const { type } = item;
  const content = recordsIn(item.content);
  const deltas: Readonly<Record<string, string>> =
    type === 'reasoning'
      ? { reasoning: textIn(reasoningParts(item), 'text', PARAGRAPH) }
      : type === 'message'
        ? { content: textIn(content, 'text'), refusal: textIn(content, 'refusal') }
        : {};
  return Object.entries(deltas).flatMap(([field, text]) => (text === '' ? [] : [chunkOf({ [field]: text })]));
}

/** Returns a chunk with a list in its delta; none for an empty list. */
const chunksOf = (field: string, items: readonly Json[]): readonly Json[] =>
  items.length > 0 ? [chunkOf({ [field]: items })] : [];
