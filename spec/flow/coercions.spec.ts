import { of } from 'rxjs';

import { chatCompletion$ } from '../../lib/call/chatCompletion';
import { completion$ } from '../../lib/call/completion';
import { toolCallsIn } from '../../lib/fold/AccumulatedToolCall';
import { accumulateToolCalls } from '../../lib/operators/accumulate/accumulateToolCalls';
import { toChatState } from '../../lib/state/toChatState';
import type { Transport } from '../../lib/transport/transport';
import { outcomeOf } from '../helpers/reads';

const request = { model: 'any', messages: [] };
const respond =
  (type: string, body: string): Transport =>
  () =>
    of({ status: 200, headers: { 'content-type': type } }, new TextEncoder().encode(body));

const chunk = (delta: object, finish_reason: string | null = null, more: object = {}): object => ({
  choices: [{ index: 0, delta, finish_reason }],
  ...more,
});
const stream = (...chunks: readonly object[]): Transport =>
  respond(
    'text/event-stream',
    [...chunks.map((each) => JSON.stringify(each)), '[DONE]'].map((data) => `data: ${data}\n\n`).join(''),
  );

describe('a stream of a server with other types', () => {
  it('has the complete text if tokens that look like numbers are numbers', () => {
    const tokens = ['It costs $', 0.005, ' [', 1, '].'].map((content) => chunk({ content }));
    const transport = stream(...tokens, chunk({}, 'stop'));
    const state = outcomeOf(chatCompletion$({ transport }, request).pipe(toChatState())).values.at(-1);
    expect(state).toMatchObject({ status: 'done', content: 'It costs $0.005 [1].' });
  });

  it('has usage if every chunk has one, and roles are empty', () => {
    const usage = (n: number): object => ({
      usage: { prompt_tokens: 5, completion_tokens: n, total_tokens: 5 + n, prompt_tokens_details: null },
    });
    const transport = stream(
      chunk({ role: '', content: 'Hel', reasoning_content: null }, '', usage(1)),
      chunk({ role: '', content: 'lo' }, 'stop', usage(2)),
    );
    const state = outcomeOf(chatCompletion$({ transport }, request).pipe(toChatState())).values.at(-1);
    expect(state).toMatchObject({ status: 'done', content: 'Hello', usage: { completion_tokens: 2 } });
  });

  const call = (args: unknown): object => ({
    id: 'a',
    type: 'function',
    function: { name: 'weather', arguments: args },
  });

  it.each<[string, unknown]>([
    ['arguments that are an object', [{ index: 0, ...call({ city: 'Oslo' }) }]],
    ['one call without a list', { index: 0, ...call('{"city":"Oslo"}') }],
    ['an id that is a number', [{ index: 0, ...call('{"city":"Oslo"}'), id: 0 }]],
    ['an index that is text', [{ index: '0', ...call('{"city":"Oslo"}') }]],
  ])('has a complete tool call with %s', (_, tool_calls) => {
    const transport = stream(chunk({ tool_calls }), chunk({}, 'tool_calls'));
    const calls$ = chatCompletion$({ transport }, request).pipe(accumulateToolCalls());
    expect(outcomeOf(calls$).values.at(-1)).toMatchObject([
      { name: 'weather', arguments: '{"city":"Oslo"}', complete: true },
    ]);
  });

  const oslo = '{"city":"Oslo"}';
  const rome = '{"city":"Rome"}';
  const fragment = (name: string, args: string, id = 'null', index?: number): object => ({
    index,
    id,
    function: { name, arguments: args },
  });

  it.each<[string, readonly object[][], readonly string[]]>([
    [
      'of later fragments without an index',
      [[fragment('weather', '', 'a')], [fragment('', '{"city":')], [fragment('', '"Oslo"}')]],
      [oslo],
    ],
    ['of two calls in one delta', [[fragment('weather', oslo), fragment('weather', rome)]], [oslo, rome]],
    [
      'of two calls at one index',
      [[fragment('weather', oslo, 'null', 0)], [fragment('weather', rome, 'null', 0)]],
      [oslo, rome],
    ],
  ])('has complete tool calls if the text null is the id %s (Mistral)', (_, deltas, expected) => {
    const transport = stream(...deltas.map((tool_calls) => chunk({ tool_calls })), chunk({}, 'tool_calls'));
    const calls$ = chatCompletion$({ transport }, request).pipe(accumulateToolCalls());
    const calls = outcomeOf(calls$).values.at(-1) ?? [];
    expect(calls).toMatchObject(
      expected.map((args) => ({ name: 'weather', arguments: args, complete: true })),
    );
    expect(calls.map(({ id }) => id)).not.toContain('null');
  });

  it('has a complete tool call if it is not streamed and its arguments are an object', () => {
    const message = { role: 'assistant', content: null, tool_calls: [call({ city: 'Oslo' })] };
    const body = JSON.stringify({ choices: [{ index: 0, message, finish_reason: 'tool_calls' }] });
    const { values } = outcomeOf(completion$({ transport: respond('application/json', body) }, request));
    expect(values[0]?.choices.flatMap(toolCallsIn)).toMatchObject([
      { name: 'weather', arguments: '{"city":"Oslo"}', complete: true },
    ]);
  });
});
