import { toText } from '../../codec/coerce';
import { fieldsOf } from '../../codec/isRecord';
import { recordsIn } from '../../codec/recordsIn';
import { LimitError } from '../../errors';
import { hasErrorContent } from '../../response/errors/errorFields';
import { hasError } from '../../response/errors/serverError';
import type { Limits } from '../../transport/limits';
import { DONE, type Chunks, type Json } from '../translated';
import { CallDeltas } from './CallDeltas';
import { annotationDeltas, argumentsOf, isCall, listed, type Item, type TextField } from './Item';
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
  /** Number of annotations that have been sent, and of those that no complete item has contained so far. */
  let [cited, open] = [0, 0];
  /** Whether logprobs have been sent. */
  let hasLogprobs = false;
  /** Whether the end of the stream has items that texts or calls preceded. */
  let isLate = false;

  /**
   * Returns the deltas of a complete item, without what was sent of it.
   *
   * @param isRepeated - Whether the item is of the complete response, which repeats the items of the stream.
   */
  const ended = (key: unknown, item: Item, isRepeated = false): readonly Json[] => {
    if (isCall(item)) return calls.end(key, item);
    if (thoughts.has(item)) return [];
    const text = texts.end(item, key);
    if (item.type === 'reasoning')
      return [...text, ...thoughts.add(item, isLate ? START : [texts.sent.content, calls.count])];
    const all = listed('annotations', item);
    const missing = all.slice(open);
    cited += missing.length;
    open = isRepeated ? Math.max(0, open - all.length) : 0;
    return [...text, ...annotationDeltas(missing)];
  };

  const completed = (response: ResponseObject): Chunks => {
    const { status, error, output } = response;
    if (status === 'failed' || hasErrorContent(error))
      return [{ error: hasErrorContent(error) ? error : NO_REASON }];
    isLate = texts.sent.content + calls.count > 0;
    texts.reopen();
    open = cited;
    const items: readonly Item[] = recordsIn(output);
    // By their number, since a server may encrypt them again.
    const areSent = items.filter((item) => item.encrypted_content).length <= thoughts.count;
    // Some servers send no events of the items, or not of each.
    const missing = items.flatMap((item, index) =>
      areSent && item.encrypted_content ? [] : ended(index, item, true),
    );
    const logprobs = logprobsOf(hasLogprobs ? [] : items.flatMap((item) => listed('logprobs', item)));
    // Of the last text. Newer models expect it back.
    const phase = items.flatMap((item) => item.phase ?? []).at(-1);
    const delta = { ...joined(missing), phase };
    const end = { index: 0, delta, logprobs, finish_reason: reasonOf(response, calls.count > 0) };
    return [{ ...headOf(response), object: CHUNK, choices: [end], usage: usageOf(response) }, DONE];
  };

  const chunksOfEvent = (json: Json): Chunks => {
    const { output_index, item_id, annotation } = json;
    const type = textOf(json.type);
    const item: Item = fieldsOf(json.item);
    const response: ResponseObject = fieldsOf(json.response);
    // llama.cpp sends no index, and gateways may change the id of an item between two events.
    const key = output_index ?? item.id ?? item_id;
    const [, text, call, step] = PART.exec(type) ?? [];
    const isDelta = step === 'delta';
    if (text !== undefined) {
      const field = text === 'output_text' ? 'content' : (text as TextField);
      const logprobs = recordsIn(json.logprobs);
      const deltas = isDelta
        ? texts.add(field, textOf(json.delta), key)
        : texts.complete(field, textOf(json.text ?? json.refusal), key);
      hasLogprobs ||= deltas.length > 0 && logprobs.length > 0;
      return chunksOf(deltas, logprobs);
    }
    if (call !== undefined)
      return chunksOf(
        isDelta ? calls.write(key, textOf(json.delta)) : calls.complete(key, argumentsOf(json)),
      );
    switch (type) {
      case 'response.created':
        return [{ ...headOf(response), ...chunkOf({ role: 'assistant', content: '' }) }];
      case 'response.reasoning_summary_part.added':
        return chunksOf(texts.separate(key));
      case 'response.output_text.annotation.added':
        cited += 1;
        open += 1;
        return chunksOf(annotationDeltas(recordsIn([annotation])));
      case 'response.output_item.added':
        return isCall(item) ? chunksOf(calls.begin(key, item)) : [];
      case 'response.output_item.done':
        return repetitions.isSameEnd(json) && key !== undefined ? [] : chunksOf(ended(key, item));
      case 'response.completed':
      case 'response.done': // OpenRouter's documentation
        return completed(response);
      case 'response.failed':
      case 'response.incomplete':
      case 'response.cancelled':
        // Whatever the status in it: an answer that is not complete must not end as one.
        return completed({
          ...response,
          status: type.slice('response.'.length),
          error: [response.error, json.error].find(hasErrorContent),
        });
      default:
        // A response that is not streamed.
        if (Array.isArray(json.output)) return completed(json);
        // Events without effect, and those of later versions. Errors and chunks of a gateway are not among them.
        return OTHERS.test(type) || (type !== '' && !hasError(json)) ? [] : [json];
    }
  };

  return (event) => {
    if (repetitions.isRepeated(event)) return [];
    const chunks = chunksOfEvent(event);
    const length = texts.length + calls.length + thoughts.length;
    return length > answer ? [new LimitError('answer', answer)] : chunks;
  };
}

/**
 * Matches an event with text, or with the arguments of a call.
 *
 * Reasoning is `reasoning_summary_text` or `reasoning_text`, and `reasoning` in Open Responses, the standard of other vendors.
 */
const PART =
  /^response\.(?:(output_text|refusal|reasoning)\w*|(function_call_arguments|custom_tool_call_input))\.(delta|done)$/;

/** Events of tools that the server runs, and of parts: their failures do not end the response. */
const OTHERS = /^response\.(?!error$)/;

const CHUNK = 'chat.completion.chunk';

const NO_REASON = { message: 'the response failed without a reason: send the request again' };

/** Some gateways parse a token such as `0.005` as JSON. */
function textOf(value: unknown): string {
  const text = toText(value);
  return typeof text === 'string' ? text : '';
}

const chunkOf = (delta: Json, logprobs: readonly Json[] = []): Json => ({
  object: CHUNK,
  choices: [{ index: 0, delta, logprobs: logprobsOf(logprobs) }],
});

const chunksOf = (deltas: readonly Json[], logprobs?: readonly Json[]): readonly Json[] =>
  deltas.map((delta) => chunkOf(delta, logprobs));

const logprobsOf = (content: readonly Json[]): Json | undefined =>
  content.length > 0 ? { content } : undefined;
