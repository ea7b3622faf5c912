import { isRecord } from '../../codec/isRecord';
import type { Json } from '../translated';

/** An item of the output: a message, a call, or reasoning. */
export interface Item {
  readonly type?: string;
  readonly id?: string;
  /** Of a call. */
  readonly call_id?: string;
  readonly name?: string;
  /** Of a `function_call`. */
  readonly arguments?: string;
  /** Of a `custom_tool_call`. */
  readonly input?: string;
  /** Of a `message`, and of `reasoning` whose text is not withheld. */
  readonly content?: unknown;
  /** Of `reasoning`. */
  readonly summary?: unknown;
}

/** Between two parts of a summary. */
export const PARAGRAPH = '\n\n';

const isCustom = ({ type }: Item): boolean => type === 'custom_tool_call';

/** Whether an item is a call of the client's tools. */
export const isCall = (item: Item): boolean => item.type === 'function_call' || isCustom(item);

/** Returns the arguments of a call. */
export const argumentsOf = ({ arguments: text, input }: Item): string => text ?? input ?? '';

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

/** Returns the objects of a list; none for a value of another kind. */
export const recordsIn = (value: unknown): readonly Json[] =>
  Array.isArray(value) ? value.filter(isRecord) : [];

/** Returns the parts of a reasoning item: its text, else its summary. */
export function reasoningParts({ content, summary }: Item): readonly Json[] {
  const parts = recordsIn(content);
  return parts.length > 0 ? parts : recordsIn(summary);
}

/** Joins a field of parts. */
export const textIn = (parts: readonly Json[], field: string, between = ''): string =>
  parts.flatMap(({ [field]: text }) => (typeof text === 'string' ? [text] : [])).join(between);

/** Returns annotations with their fields in an object of their own, as chat completions nest them. */
export const annotationsOf = (annotations: unknown): readonly Json[] =>
  recordsIn(annotations).map(({ type, ...fields }) => ({ type, [String(type)]: fields }));
