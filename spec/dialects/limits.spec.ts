import { concat, from, NEVER, of } from 'rxjs';

import { chatCompletion$ } from '../../lib/call/chatCompletion';
import { completion$ } from '../../lib/call/completion';
import { ollamaNative } from '../../lib/dialects/ollama/ollamaNative';
import { pull$ } from '../../lib/dialects/ollama/pull';
import { responses } from '../../lib/dialects/responses/responses';
import { LimitError } from '../../lib/errors';
import type { ChatRequest } from '../../lib/request/ChatRequest';
import type { Transport } from '../../lib/transport/transport';
import { bytesOf, outcomeOf } from '../helpers/reads';

const request: ChatRequest = { model: 'any', messages: [{ role: 'user', content: 'Hi' }] };
const long = 'x'.repeat(100);
const event = `data: {"type":"response.in_progress",\ndata: "x":"${long}"}\n\n`;

/** A body that does not end. */
const open =
  (type: string, ...texts: readonly string[]): Transport =>
  () =>
    concat(of({ status: 200, headers: { 'content-type': type } }), from(texts.map(bytesOf)), NEVER);

const streams = { line: 'application/x-ndjson', event: 'text/event-stream' };

describe('a limit of the config', () => {
  it.each<readonly [string, 'line' | 'event', (transport: Transport) => Transport, string, string]>([
    ['a line of Ollama', 'line', ollamaNative, streams.line, `{"message":{"content":"${long}`],
    ['an object over several lines', 'event', ollamaNative, streams.line, `{\n"message":"${long}",\n`],
    ['a line of the Responses API', 'line', responses, streams.event, `data: {"type":"${long}`],
    ['an event of the Responses API', 'event', responses, streams.event, event],
  ])('holds for %s', (_, kind, dialect, type, text) => {
    const config = { transport: dialect(open(type, text)), limits: { [kind]: 99 } };
    expect(outcomeOf(chatCompletion$(config, request)).error).toEqual(new LimitError(kind, 99));
  });

  it.each([
    ['Ollama', ollamaNative],
    ['the Responses API', responses],
  ] as const)('holds for an answer of %s that is not streamed', (_, dialect) => {
    const transport = dialect(open('application/json', `{"x":"${long}`));
    const config = { transport, limits: { answer: 99 } };
    expect(outcomeOf(completion$(config, request)).error).toEqual(new LimitError('answer', 99));
  });

  const sent = (type: string, fields: object): string =>
    `data: ${JSON.stringify({ type: `response.${type}`, ...fields })}\n\n`;
  const times = (count: number, of: (n: number) => string): string =>
    Array.from({ length: count }, (_, n) => of(n)).join('');
  const added = { type: 'function_call', call_id: 'c', name: 'f' };

  it.each<readonly [string, string]>([
    ['a text', times(5, () => sent('output_text.delta', { delta: long }))],
    ['a refusal', times(5, () => sent('refusal.delta', { delta: long }))],
    ['reasoning', times(5, () => sent('reasoning_text.delta', { delta: long }))],
    ['arguments', times(5, () => sent('function_call_arguments.delta', { item_id: 'f', delta: long }))],
    [
      'encrypted reasoning',
      times(5, (n) =>
        sent('output_item.done', { item: { type: 'reasoning', encrypted_content: `${n}${long}` } }),
      ),
    ],
    [
      'the arguments of many calls',
      times(5, (n) => sent('function_call_arguments.delta', { item_id: n, delta: long })),
    ],
    [
      'many calls',
      times(20, (n) => sent('output_item.added', { item: { ...added, id: n, call_id: `c${n}` } })),
    ],
    [
      'many calls that have not begun',
      times(20, (n) => sent('function_call_arguments.delta', { item_id: n, delta: '' })),
    ],
    [
      'all of them',
      times(2, () => sent('output_text.delta', { delta: long })) +
        times(2, () => sent('custom_tool_call_input.delta', { delta: long })),
    ],
  ])('holds for %s of the Responses API that does not end', (_, events) => {
    const first = sent('output_text.delta', { delta: 'Hi' });
    const config = { transport: responses(open(streams.event, first + events)), limits: { answer: 399 } };
    const outcome = outcomeOf(chatCompletion$(config, request));
    expect(outcome.error).toEqual(new LimitError('answer', 399));
    expect(outcome.values.length).toBeGreaterThan(0);
  });

  it('is the length of a text that is still read', () => {
    const events = sent('output_text.delta', { delta: 'Hi' }) + sent('completed', { response: {} });
    const config = { transport: responses(open(streams.event, events)), limits: { answer: 2 } };
    expect(outcomeOf(chatCompletion$(config, request)).end).toBe('complete');
  });

  it('holds for a pull', () => {
    const config = { transport: open(streams.line, `{"status":"${long}`), limits: { line: 99 } };
    expect(outcomeOf(pull$(config, 'm')).error).toEqual(new LimitError('line', 99));
  });

  it('that is not set is the default', () => {
    const transport = ollamaNative(open(streams.line, `{"message":{"content":"${long}"},"done":true}\n`));
    expect(outcomeOf(chatCompletion$({ transport, limits: { line: undefined } }, request)).end).toBe(
      'complete',
    );
  });
});
