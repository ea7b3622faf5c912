import { fieldsOf } from '../../codec/isRecord';
import type { Answer } from './Reply';

/** Matches the parts of a question that consist of numbers, operators and brackets. */
const ARITHMETIC = /[-\d.\s+*/()]+/g;
/** Matches an operator between two numbers. */
const OPERATION = /[\d)]\s*[-+*/]\s*[-\d(]/;
const TIME = /\b(time|clock|date|today)\b/i;

/**
 * Returns an answer that calls the tools which a question needs and the request offers, or `undefined` if there are none.
 *
 * @param body - The body of the request.
 * @param question - The text of the user's last message.
 */
export function demoToolCalls(body: unknown, question: string): Answer | undefined {
  const offered = new Set(listOf(fieldsOf(body).tools).map((tool) => fieldsOf(tool.function).name));
  const expression = question
    .match(ARITHMETIC)
    ?.find((part) => OPERATION.test(part))
    ?.trim();
  const calls = [
    ...(TIME.test(question) ? [{ name: 'current_time', arguments: {} }] : []),
    ...(expression === undefined ? [] : [{ name: 'calculator', arguments: { expression } }]),
  ].filter(({ name }) => offered.has(name));
  return calls.length === 0
    ? undefined
    : { parts: calls.map((call) => ({ toolCall: { ...call, id: `call_${call.name}` } })) };
}

/**
 * Returns an answer that repeats the results of tools, or `undefined` if the conversation does not end with one.
 *
 * @param body - The body of the request.
 */
export function demoToolResults(body: unknown): Answer | undefined {
  const messages = listOf(fieldsOf(body).messages);
  const results = messages.slice(messages.map(({ role }) => role === 'tool').lastIndexOf(false) + 1);
  if (results.length === 0) return undefined;
  const lines = results.map(({ content }) => `- ${String(content)}`);
  return { parts: [`The tools returned:\n\n${lines.join('\n')}`] };
}

const listOf = (value: unknown): readonly Readonly<Record<string, unknown>>[] =>
  (Array.isArray(value) ? value : []).map(fieldsOf);
