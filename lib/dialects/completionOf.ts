import { isRecord } from '../codec/isRecord';
import type { Chunks, Json } from './translated';

/** A chunk with one choice. */
interface Chunk extends Json {
  readonly choices: readonly [{ readonly delta: Json }];
}

/**
 * Returns the completion that the chunks of a response add up to.
 *
 * @param json - The response, which is returned unchanged if the dialect does not translate it.
 */
export function completionOf(json: Json, chunks: Chunks): Json {
  const translated = chunks.filter(isRecord);
  const other = translated.find((chunk) => chunk === json || chunk.choices === undefined);
  if (other !== undefined) return other;
  const all = translated as unknown as readonly Chunk[];
  const { delta: _, ...end } = all.at(-1)?.choices[0] ?? { delta: {} };
  const { tool_calls, ...message } = joined(all.map(({ choices: [{ delta }] }) => delta));
  const calls = tool_calls?.map(({ index: _index, ...call }) => call);
  return {
    ...all.reduce<Json>((before, chunk) => ({ ...before, ...chunk }), {}),
    object: 'chat.completion',
    choices: [{ ...end, message: { role: 'assistant', content: null, ...message, tool_calls: calls } }],
  };
}

/** Joins the texts and the lists of deltas. */
function joined(deltas: readonly Json[]): Json & { readonly tool_calls?: readonly Json[] } {
  const message: Record<string, unknown> = {};
  for (const [field, value] of deltas.flatMap((delta) => Object.entries(delta))) {
    const before = (message[field] ??= Array.isArray(value) ? [] : undefined);
    if (Array.isArray(before) && Array.isArray(value)) value.forEach((item) => before.push(item));
    else message[field] = typeof before === 'string' && typeof value === 'string' ? before + value : value;
  }
  return message;
}
