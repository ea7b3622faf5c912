import type { Json } from '../translated';
import {
  annotationsOf,
  argumentsOf,
  callOf,
  isCall,
  PARAGRAPH,
  reasoningParts,
  recordsIn,
  textIn,
  type Item,
} from './Item';
import { detailsOfItem } from './reasoningItem';
import { errorOf, headOf, reasonOf, usageOf, type Response } from './Response';

/** Returns the completion of a response that is not streamed. */
export function completionOf(json: Json): Json {
  const response = json as Response;
  if (response.status === 'failed') return errorOf(response);
  if (!Array.isArray(response.output)) return json;
  const output = recordsIn(response.output) as readonly Item[];
  const parts = output.flatMap(({ type, content }) => (type === 'message' ? recordsIn(content) : []));
  const reasoning = output.filter(({ type }) => type === 'reasoning');
  const calls = output.filter(isCall).map((item) => callOf(item, argumentsOf(item)));
  const message = {
    role: 'assistant',
    content: textIn(parts, 'text') || null,
    refusal: textIn(parts, 'refusal') || undefined,
    annotations: listOf(parts.flatMap(({ annotations }) => annotationsOf(annotations))),
    reasoning: textIn(reasoning.flatMap(reasoningParts), 'text', PARAGRAPH),
    reasoning_details: listOf(reasoning.flatMap((item, index) => detailsOfItem(item as Json, index))),
    tool_calls: listOf(calls),
  };
  return {
    ...headOf(response),
    object: 'chat.completion',
    choices: [{ index: 0, message, finish_reason: reasonOf(response, calls.length > 0) }],
    usage: usageOf(response),
  };
}

const listOf = (items: readonly Json[]): readonly Json[] | undefined =>
  items.length > 0 ? items : undefined;
