import { isRight } from 'fp-ts/Either';
import { from } from 'rxjs';

import { chatCompletion$ } from '../../lib/call/chatCompletion';
import { completion$ } from '../../lib/call/completion';
import { ollamaNative } from '../../lib/dialects/ollama/ollamaNative';
import { responses } from '../../lib/dialects/responses/responses';
import type { ChatCompletion } from '../../lib/codec/ChatCompletion';
import type { ChatCompletionChunk } from '../../lib/codec/ChatCompletionChunk';
import { addChunk, emptyCompletion } from '../../lib/fold/completion';
import { contentIn } from '../../lib/fold/content';
import { reasoningIn } from '../../lib/fold/reasoning';
import { toolCallsIn } from '../../lib/fold/AccumulatedToolCall';
import { isChatError } from '../../lib/errors';
import type { Transport } from '../../lib/transport/transport';
import { called } from '../helpers/expectedAnswer';
import { bytesOf, cutAt, outcomeOf } from '../helpers/reads';
import { recordings, type RecordedAnswer } from '../helpers/recordings';

const request = { model: 'any', messages: [{ role: 'user', content: 'Hi' }] } as const;

type Outcome = readonly [end: unknown, completion: ChatCompletion | undefined];

/** Returns the completion and the end of a recorded answer, or of one in another dialect. */
function read(
  { kind, head }: RecordedAnswer,
  reads: readonly Uint8Array[],
  dialect?: (sent: Transport) => Transport,
): Outcome {
  const sent: Transport = () => from([head, ...reads]);
  const config = { transport: dialect === undefined ? sent : dialect(sent) };
  if (kind === 'completion') {
    const { values, end, error } = outcomeOf(completion$(config, request));
    return [isChatError(error) ? error.message : end, values[0]];
  }
  const { values, end, error } = outcomeOf(chatCompletion$(config, request));
  const chunks = values.flatMap((value) => (isRight(value) ? [value.right] : []));
  return [
    isChatError(error) ? error.message : end,
    chunks.reduce((all, chunk) => addChunk(all, chunk), emptyCompletion),
  ];
}

/** Places that differ for each recording and are the same in every run. */
const placesIn = ({ body }: RecordedAnswer, step: number): readonly number[] =>
  Array.from({ length: Math.min(200, Math.ceil(body.length / step)) }, (_, at) => at * step + (at % 3));

const named = recordings.map((answer) => [answer.name, answer] as const);

describe.each([
  ['ollamaNative', ollamaNative],
  ['responses', responses],
])('a gateway that answers %s in chat completions', (_, dialect) => {
  it.each(named)('is read as it is: %s', (__, answer) => {
    const direct = read(answer, [answer.body]);
    expect(read(answer, [answer.body], dialect)).toEqual(direct);
    for (const step of [7, 1_021]) {
      expect(read(answer, cutAt(answer.body, placesIn(answer, step)), dialect)).toEqual(direct);
    }
  });
});

type Json = Readonly<Record<string, unknown>>;

/** Returns the events in which `/responses` sends the answer of a recorded stream, which has one choice. */
function eventsOf(chunks: readonly ChatCompletionChunk[]): readonly Json[] {
  const { choices, usage } = chunks.reduce((all, chunk) => addChunk(all, chunk), emptyCompletion);
  const [{ message, finish_reason } = {}] = choices;
  const [{ id = 'r', model } = {}] = chunks;
  const calls = (message?.tool_calls ?? []).map((call, at) => ({
    ...{ type: 'function_call', id: `fc_${at}`, call_id: call.id, name: call.function?.name },
    arguments: call.function?.arguments,
  }));
  const deltas = chunks.flatMap((chunk): readonly Json[] => {
    const delta = chunk.choices?.[0]?.delta;
    const text = (type: string, value: unknown): readonly Json[] =>
      typeof value === 'string' && value !== ''
        ? [{ type: `response.${type}.delta`, delta: value, output_index: 0 }]
        : [];
    return [
      ...text('reasoning_text', delta && reasoningIn(delta)),
      ...text('output_text', delta?.content),
      ...text('refusal', delta?.refusal),
    ];
  });
  const response = {
    ...{ id, model, status: finish_reason === 'length' ? 'incomplete' : 'completed' },
    ...(finish_reason === 'length' && { incomplete_details: { reason: 'max_output_tokens' } }),
    usage: usage && {
      input_tokens: usage.prompt_tokens,
      output_tokens: usage.completion_tokens,
      total_tokens: usage.total_tokens,
    },
    output: calls,
  };
  return [
    { type: 'response.created', response: { id, model } },
    ...deltas,
    ...calls.flatMap((item, at) => [
      { type: 'response.output_item.added', item: { ...item, arguments: '' }, output_index: at + 1 },
      ...[...(item.arguments ?? '')].map((delta) => ({
        ...{ type: 'response.function_call_arguments.delta', delta, output_index: at + 1 },
      })),
      { type: 'response.output_item.done', item, output_index: at + 1 },
    ]),
    { type: response.status === 'incomplete' ? 'response.incomplete' : 'response.completed', response },
  ].map((event, sequence_number) => ({ ...event, sequence_number }));
}

const finished = recordings.filter(
  ({ kind, name, expect: expected }) =>
    kind === 'stream' &&
    /^(openai|groq|xai|vllm|llama)/.test(name) &&
    expected.error === undefined &&
    ['stop', 'length', 'tool_calls'].includes(String(expected.finishReason)) &&
    expected.choices === undefined,
);

describe('the same answer by /responses', () => {
  it.each(finished.map((answer) => [answer.name, answer] as const))(
    'has the same message wherever it is cut: %s',
    (_, answer) => {
      const { values } = outcomeOf(
        chatCompletion$({ transport: () => from([answer.head, answer.body]) }, request),
      );
      const chunks = values.flatMap((value) => (isRight(value) ? [value.right] : []));
      const [end, byChat] = read(answer, [answer.body]);
      const body = bytesOf(
        eventsOf(chunks)
          .map((event) => `event: ${String(event.type)}\ndata: ${JSON.stringify(event)}\n\n`)
          .join(''),
      );
      const sent = {
        ...answer,
        body,
        head: { status: 200, headers: { 'content-type': 'text/event-stream' } },
      };
      const [direct] = byChat?.choices ?? [];
      const calls = called(toolCallsIn(direct ?? {}));
      for (const step of [body.length, 997, 13]) {
        const [endOfResponses, completion] = read(sent, cutAt(body, placesIn(sent, step)), responses);
        expect(endOfResponses).toBe(end);
        const [choice] = completion?.choices ?? [];
        expect(completion?.choices).toHaveLength(1);
        expect(contentIn(choice?.message ?? {})).toBe(contentIn(direct?.message ?? {}));
        expect(reasoningIn(choice?.message ?? {})).toBe(reasoningIn(direct?.message ?? {}));
        expect(called(toolCallsIn(choice ?? {}))).toEqual(calls);
        // OpenAI ends with "stop" after a tool that the request forces. `/responses` has no finish reason.
        const isForced = calls.length > 0 && direct?.finish_reason === 'stop';
        expect(choice?.finish_reason).toBe(isForced ? 'tool_calls' : direct?.finish_reason);
        expect(completion?.usage?.total_tokens).toBe(byChat?.usage?.total_tokens);
      }
    },
  );
});
