import type { Json } from '../translated';
import { annotationsOf, argumentsOf, callOf, isCall, PARAGRAPH, textIn, type Item } from './Item';
import { detailsOfItem } from './reasoningItem';
import { errorOf, headOf, reasonOf, usageOf, type Response } from './Response';

/** Returns the completion of a response that is not streamed. */
export function completionOf(json: Json): Json {
  const response = json as Response & { readonly output?: Item[] };
  if (response.status === 'failed') return errorOf(response);
  const { output } = response;
  if (!Array.isArray(output)) return json;
  const parts = output.flatMap(({ type, content = [] }) => (type === 'message' ? content : []));
  const reasoning = output.filter(({ type }) => type === 'reasoning');
  const calls = output.filter(isCall).map((item) => callOf(item, argumentsOf(item)));
  const message = {
    role: 'assistant',
    content: textIn(parts, 'text') || null,
    refusal: textIn(parts, 'refusal') || undefined,
    annotations: listOf(parts.flatMap(({ annotations }) => annotationsOf(annotations))),
    reasoning: textIn(
      reasoning.flatMap(({ summary = [], content = [] }) => (content.length > 0 ? content : summary)),
      'text',
      PARAGRAPH,
    ),
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
