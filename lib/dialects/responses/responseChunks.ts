import { isRecord } from '../../codec/isRecord';
import { recordsIn } from '../../codec/recordsIn';
import { LimitError } from '../../errors';
import { hasErrorContent } from '../../response/errorShapes';
import { hasError } from '../../response/serverError';
import type { Limits } from '../../transport/limits';
import { DONE, type Chunks, type Json } from '../translated';
import { CallDeltas } from './CallDeltas';
import { annotationDeltas, argumentsOf, isCall, listed, textsOf, type Item } from './Item';
import { joined } from './joined';
import { ReasoningBlocks, START } from './reasoningItem';
import { Repetitions } from './Repetitions';
import { headOf, reasonOf, usageOf, type ResponseObject } from './ResponseObject';
import { TextDeltas } from './TextDeltas';

/**
 * Creates a function that returns the chunks of each event of one stream, or of a response that is not streamed.
 *
 * Texts and arguments are kept until their end, since a complete item may repeat them. The limit `answer` applies to them.
 * An event that a gateway repeats, with its number, has no chunks.
 */
export function createResponseChunks({ answer }: Required<Limits>): (event: Json) => Chunks {
  const calls = new CallDeltas();
  const texts = new TextDeltas();
  const thoughts = new ReasoningBlocks();
  const repetitions = new Repetitions();
  let hasAnnotations = false;
  /** Whether the end of the stream has items that texts or calls preceded. */
  let isLate = false;

  /** Returns the deltas of a complete item, without the text if it was sent. */
  const ended = (key: unknown, item: Item, isSent = false): readonly Json[] => {
    if (isCall(item)) return calls.end(key, item);
    if (thoughts.has(item)) return [];
    const text = isSent ? [] : texts.end(item, key);
    if (item.type === 'reasoning')
      return [...text, ...thoughts.add(item, isLate ? START : [texts.lengths.content, calls.count])];
    const parts = isSent || hasAnnotations ? [] : recordsIn(item.content);
    hasAnnotations = false;
    return [...text, ...annotationDeltas(listed('annotations', parts))];
  };

  const completed = (response: ResponseObject): Chunks => {
    const { status, error, output } = response;
    if (status === 'failed' || hasErrorContent(error))
      return [{ error: hasErrorContent(error) ? error : NO_REASON }];
    const { lengths } = texts;
    isLate = lengths.content + calls.count > 0;
    const isSent = (item: Item): boolean => textsOf(item).some(([field]) => lengths[field] > 0);
    const items: readonly Item[] = recordsIn(output);
    // By their number, since a server may encrypt them again.
    const areSent = items.filter((item) => item.encrypted_content).length <= thoughts.count;
    // Some servers send no events of the items, or not of each.
    const missing = items.flatMap((item, index) =>
      areSent && item.encrypted_content ? [] : ended(index, item, isSent(item)),
    );
    const delta = joined(missing);
    const parts = items.flatMap((item) => (isSent(item) ? [] : recordsIn(item.content)));
    const logprobs = logprobsOf(listed('logprobs', parts));
    const end = { index: 0, delta, logprobs, finish_reason: reasonOf(response, calls.count > 0) };
    return [{ ...headOf(response), object: CHUNK, choices: [end], usage: usageOf(response) }, DONE];
  };

  const chunksOfEvent = (json: Json): Chunks => {
    const { type, output_index, item_id, annotation } = json;
    const item: Item = isRecord(json.item) ? json.item : {};
    const response: ResponseObject = isRecord(json.response) ? json.response : {};
    // llama.cpp sends no index, and gateways may change the id of an item between two events.
    const key = output_index ?? item.id ?? item_id;
    const delta = textOf(json.delta);
    const text = textOf(json.text ?? json.refusal);
    switch (type) {
      case 'response.created':
        return [{ ...headOf(response), ...chunkOf({ role: 'assistant', content: '' }) }];
      case 'response.output_text.delta':
        return chunksOf(texts.add('content', delta, key), json.logprobs);
      case 'response.output_text.done':
        return chunksOf(texts.complete('content', text, key), json.logprobs);
      case 'response.refusal.delta':
        return chunksOf(texts.add('refusal', delta, key));
      case 'response.refusal.done':
        return chunksOf(texts.complete('refusal', text, key));
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_text.delta':
        return chunksOf(texts.add('reasoning', delta, key));
      case 'response.reasoning_summary_text.done':
      case 'response.reasoning_text.done':
        return chunksOf(texts.complete('reasoning', text, key));
      case 'response.reasoning_summary_part.added':
        return chunksOf(texts.separate());
      case 'response.output_text.annotation.added':
        hasAnnotations = true;
        return chunksOf(annotationDeltas(recordsIn([annotation])));
      case 'response.function_call_arguments.delta':
      case 'response.custom_tool_call_input.delta':
        return chunksOf(calls.write(key, delta));
      case 'response.function_call_arguments.done':
      case 'response.custom_tool_call_input.done':
        return chunksOf(calls.complete(key, argumentsOf(json)));
      case 'response.output_item.added':
        return isCall(item) ? chunksOf(calls.begin(key, item)) : [];
      case 'response.output_item.done':
        return repetitions.isSameEnd(json) && key !== undefined ? [] : chunksOf(ended(key, item));
      case 'response.completed':
      case 'response.incomplete':
      case 'response.cancelled':
      case 'response.done': // OpenRouter's documentation
        return completed(response);
      case 'response.failed':
        return completed({ ...response, status: 'failed' });
      default:
        // A response that is not streamed.
        if (Array.isArray(json.output)) return completed(json);
        // Events without effect, and those of later versions. Errors and chunks of a gateway are no such events.
        return typeof type === 'string' && (OTHERS.test(type) || !hasError(json)) ? [] : [json];
    }
  };

  return (event) => {
    if (repetitions.isRepeated(event)) return [];
    const chunks = chunksOfEvent(event);
    const length = texts.length + calls.length + thoughts.length;
    return length > answer ? [new LimitError('answer', answer)] : chunks;
  };
}

/** Events of tools that the server runs, and of parts: their failures do not end the response. */
const OTHERS = /^response\.(?!error$)/;

const CHUNK = 'chat.completion.chunk';

const NO_REASON = { message: 'the response failed without a reason: send the request again' };

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const chunkOf = (delta: Json, logprobs?: unknown): Json => ({
  object: CHUNK,
  choices: [{ index: 0, delta, logprobs: logprobsOf(recordsIn(logprobs)) }],
});

const chunksOf = (deltas: readonly Json[], logprobs?: unknown): readonly Json[] =>
  deltas.map((delta) => chunkOf(delta, logprobs));

const logprobsOf = (content: readonly Json[]): Json | undefined =>
  content.length > 0 ? { content } : undefined;
