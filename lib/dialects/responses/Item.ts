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
 * Returns a call as a tool call.
 *
 * @param text - Its arguments, or those that are known so far.
 */
export const callOf = (item: Item, text: string): Json => ({
  id: item.call_id,
  ...(isCustom(item)
    ? { type: 'custom', custom: { name: item.name, input: text } }
    : { type: 'function', function: { name: item.name, arguments: text } }),
});

/** Returns more arguments of a call. */
export const moreOf = (item: Item, text: string): Json =>
  isCustom(item) ? { custom: { input: text } } : { function: { arguments: text } };

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

/** Returns the objects in a list that each of the parts has. */
export const listed = (field: string, parts: readonly Json[]): readonly Json[] =>
  parts.flatMap(({ [field]: list }) => recordsIn(list));

/** Returns the delta of annotations, with their fields in an object of their own, as chat completions nest them; none without. */
export const annotationDeltas = (annotations: readonly Json[]): readonly Json[] =>
  annotations.length > 0
    ? [{ annotations: annotations.map(({ type, ...fields }) => ({ type, [String(type)]: fields })) }]
    : [];
