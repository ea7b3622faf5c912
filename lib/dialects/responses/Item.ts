import { recordsIn } from '../../codec/recordsIn';
import type { Json } from '../translated';

/** An item of the output: a message, a call, or reasoning. */
export interface Item {
  readonly type?: string;
  readonly id?: string;
  /** Of a call. */
  readonly call_id?: string;
  readonly name?: string;
  /** Of a `function_call`. */
  readonly arguments?: unknown;
  /** Of a `custom_tool_call`. */
  readonly input?: unknown;
  /** Of a `message`, and of `reasoning` whose text is not withheld. */
  readonly content?: unknown;
  /** Of a `message` of newer models: `commentary` or `final_answer`. */
  readonly phase?: unknown;
  /** Of `reasoning`. */
  readonly summary?: unknown;
  /** Of `reasoning`, to return with the next turn. */
  readonly encrypted_content?: string;
}

/** Between two parts of a summary. */
export const PARAGRAPH = '\n\n';

const isCustom = ({ type }: Item): boolean => type === 'custom_tool_call';

/** Whether an item is a call of the client's tools. */
export const isCall = (item: Item): boolean => item.type === 'function_call' || isCustom(item);

/** Returns the arguments of a call; some gateways send an object. */
export function argumentsOf({ arguments: text, input }: Item): string {
  const value = text ?? input ?? '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/**
 * Returns a tool call delta with the arguments of a call, or with more of them.
 *
 * @param isFirst - Whether the delta names the call.
 */
export function callDelta(index: number, item: Item, text: string, isFirst = false): Json {
  const [type, field] = isCustom(item) ? ['custom', 'input'] : ['function', 'arguments'];
  const call = isFirst
    ? { index, id: item.call_id, type, [type]: { name: item.name, [field]: text } }
    : { index, [type]: { [field]: text } };
  return { tool_calls: [call] };
}

/** A field of a delta that has text. */
export type TextField = 'content' | 'refusal' | 'reasoning';

/** Returns the texts of a complete item by the field that has them. */
export function textsOf({ type, content, summary }: Item): ReadonlyArray<readonly [TextField, string]> {
  if (type === 'reasoning') {
    return [['reasoning', textIn(content, 'text') || textIn(summary, 'text', PARAGRAPH)]];
  }
  if (type !== 'message') return [];
  return [
    ['content', typeof content === 'string' ? content : textIn(content, 'text')],
    ['refusal', textIn(content, 'refusal')],
  ];
}

/** Joins a field of parts. */
const textIn = (parts: unknown, field: string, between = ''): string =>
  recordsIn(parts)
    .flatMap(({ [field]: text }) => (typeof text === 'string' ? [text] : []))
    .join(between);

/** Returns the objects in a list that each part of an item has. */
export const listed = (field: string, { content }: Item): readonly Json[] =>
  recordsIn(content).flatMap(({ [field]: list }) => recordsIn(list));

/** Returns the delta of annotations, with their fields in an object of their own, as chat completions nest them; none without. */
export const annotationDeltas = (annotations: readonly Json[]): readonly Json[] =>
  annotations.length > 0
    ? [{ annotations: annotations.map(({ type, ...fields }) => ({ type, [String(type)]: fields })) }]
    : [];
