import type { CompletionChoice } from '../../lib/codec/ChatCompletion';
import { contentIn } from '../../lib/fold/content';
import { reasoningIn } from '../../lib/fold/reasoning';
import { toolCallsIn, type AccumulatedToolCall } from '../../lib/fold/AccumulatedToolCall';
import type { ExpectedChoice, RecordedAnswer } from './recordings';

/** Parts of an answer that its manifest does not list. */
const beyondTheManifest: Readonly<Record<string, Partial<ExpectedChoice>>> = {
  // The manifest lists `tool_calls` only; this model sends a `function_call`.
  'openai/langchaingo--testclient-functioncall.json': {
    toolCalls: [{ id: '', name: 'get_weather', arguments: '{"location":"Boston"}' }],
  },
};

/** Returns what the manifest lists for each choice of an answer. */
export const expectedOf = ({
  name,
  expect: whole,
}: RecordedAnswer): readonly (ExpectedChoice & { readonly index?: number })[] =>
  (whole.choices ?? [whole]).map((choice) => ({ ...choice, ...beyondTheManifest[name] }));

export const called = (calls: readonly AccumulatedToolCall[]): ExpectedChoice['toolCalls'] =>
  calls.map(({ id, name, arguments: text }) => ({ id, name, arguments: text }));

/** The manifests have null for a missing id. */
export const wanted = (calls: ExpectedChoice['toolCalls']): ExpectedChoice['toolCalls'] =>
  calls.map(({ id, ...call }) => ({ ...call, id: (id as string | null) ?? '' }));

/** Compares a choice with what the manifest lists. */
export function expectChoice(choice: CompletionChoice, expected: ExpectedChoice): void {
  const message = choice.message ?? {};
  expect(contentIn(message)).toBe(expected.content);
  expect(reasoningIn(message)).toBe(expected.reasoning ?? '');
  expect(message.refusal ?? '').toBe(expected.refusal ?? '');
  expect(called(toolCallsIn(choice))).toEqual(wanted(expected.toolCalls));
  expect(choice.finish_reason ?? null).toBe(expected.finishReason);
}
