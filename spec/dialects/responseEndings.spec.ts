import { isRight } from 'fp-ts/Either';
import { from } from 'rxjs';

import { chatCompletion$ } from '../../lib/call/chatCompletion';
import { completion$ } from '../../lib/call/completion';
import { responses } from '../../lib/dialects/responses/responses';
import { isChatError } from '../../lib/errors';
import { addChunk, emptyCompletion } from '../../lib/fold/completion';
import type { Transport } from '../../lib/transport/transport';
import { bytesOf, outcomeOf } from '../helpers/reads';

type Json = Readonly<Record<string, unknown>>;

const request = { model: 'any', messages: [{ role: 'user', content: 'Hi' }] } as const;
const transportOf = (body: string, type: string): Transport =>
  responses(() => from([{ status: 200, headers: { 'content-type': type } }, bytesOf(body)]));

/** Returns the text, the finish reason and the end of a stream; of a failed one the kind of the error. */
function streamed(events: readonly (Json | string)[]): readonly unknown[] {
  const body = events
    .map((event) => (typeof event === 'string' ? event : `data: ${JSON.stringify(event)}\n\n`))
    .join('');
  const outcome = outcomeOf(chatCompletion$({ transport: transportOf(body, 'text/event-stream') }, request));
  const chunks = outcome.values.flatMap((value) => (isRight(value) ? [value.right] : []));
  const [choice] = chunks.reduce((all, chunk) => addChunk(all, chunk), emptyCompletion).choices;
  const { error } = outcome;
  return [
    choice?.message?.content ?? '',
    choice?.finish_reason ?? null,
    isChatError(error) ? `${error._tag}: ${error.message}` : outcome.end,
  ];
}

const created = { type: 'response.created', response: { id: 'r' } };
const hi = { type: 'response.output_text.delta', delta: 'Hi' };
const said = (text: string): Json => ({ type: 'message', content: [{ type: 'output_text', text }] });
const end = (response: Json, type = 'completed'): Json => ({ type: `response.${type}`, response });
const deepItem = `"output_index":1,"item":{"type":"other","value":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
const cut =
  'TruncatedError: the stream ended without a finish reason and without [DONE]: retry, or read the log of the server or proxy';

describe('a stream of responses', () => {
  it.each<readonly [string, readonly (Json | string)[], readonly unknown[]]>([
    ['complete', [created, hi, end({ status: 'completed' })], ['Hi', 'stop', 'complete']],
    ['complete, without a status', [created, hi, end({})], ['Hi', 'stop', 'complete']],
    ['complete, without its beginning', [hi, end({})], ['Hi', 'stop', 'complete']],
    [
      'complete, without a response',
      [created, hi, { type: 'response.completed' }],
      ['Hi', 'stop', 'complete'],
    ],
    [
      'complete, with items that are nested too deep to be written as JSON',
      [
        hi,
        ...[deepItem, deepItem].map((item) => `data: {"type":"response.output_item.done",${item}}\n\n`),
        end({}),
      ],
      ['Hi', 'stop', 'complete'],
    ],
    [
      'complete, with tokens that a gateway has parsed as JSON',
      [
        ...['$', 0.5, ' is ', true].map((delta) => ({ ...hi, delta })),
        end({ output: [said('$0.5 is true')] }),
      ],
      ['$0.5 is true', 'stop', 'complete'],
    ],
    ['complete twice', [hi, end({}), end({ output: [said('Hi')] })], ['Hi', 'stop', 'complete']],
    [
      'complete, with its text at the end only',
      [created, end({ output: [said('Hi')] })],
      ['Hi', 'stop', 'complete'],
    ],
    [
      'complete, with the rest of its text at the end',
      [created, hi, end({ output: [said('Hi')] })],
      ['Hi', 'stop', 'complete'],
    ],
    [
      'of a length',
      [hi, end({ incomplete_details: { reason: 'max_output_tokens' } }, 'incomplete')],
      ['Hi', 'length', 'complete'],
    ],
    [
      'of a filter',
      [hi, end({ incomplete_details: { reason: 'content_filter' } }, 'incomplete')],
      ['Hi', 'content_filter', 'complete'],
    ],
    ['incomplete, without a status', [hi, end({}, 'incomplete')], ['Hi', 'incomplete', 'complete']],
    [
      'incomplete, with another status',
      [hi, end({ status: 'completed' }, 'incomplete')],
      ['Hi', 'incomplete', 'complete'],
    ],
    [
      'cancelled, without a status',
      [hi, end({}, 'cancelled')],
      ['Hi', 'cancelled', 'ServerError: the server ended the answer with the finish reason cancelled'],
    ],
    [
      'incomplete without a reason',
      [hi, end({ status: 'incomplete' }, 'incomplete')],
      ['Hi', 'incomplete', 'complete'],
    ],
    ['complete by the event done', [hi, end({ status: 'completed' }, 'done')], ['Hi', 'stop', 'complete']],
    [
      'of a length, by the event done',
      [hi, end({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }, 'done')],
      ['Hi', 'length', 'complete'],
    ],
    [
      'with complete texts only',
      [created, { type: 'response.output_text.done', text: 'Hi' }, end({ output: [] })],
      ['Hi', 'stop', 'complete'],
    ],
    [
      'with a complete text after its deltas, and after its item',
      [
        { ...hi, delta: 'H' },
        { ...hi, delta: 'i' },
        { type: 'response.output_text.done', text: 'Hi' },
        { type: 'response.output_item.done', item: said('Hi') },
        { type: 'response.output_text.done', text: 'Hi' },
        end({ output: [said('Hi')] }),
      ],
      ['Hi', 'stop', 'complete'],
    ],
    [
      'with complete texts of two parts, and their item',
      [
        { type: 'response.output_text.done', text: 'H' },
        { type: 'response.output_text.done', text: 'i' },
        { type: 'response.output_item.done', item: said('Hi') },
        end({}),
      ],
      ['Hi', 'stop', 'complete'],
    ],
    [
      'of numbers that several events share',
      [
        { ...created, sequence_number: 0 },
        { ...hi, delta: 'H', sequence_number: 1 },
        { ...hi, delta: 'i', sequence_number: 1 },
        { ...end({}), sequence_number: 1 },
      ],
      ['Hi', 'stop', 'complete'],
    ],
    [
      'of numbers that several complete items share',
      [
        { ...created, sequence_number: 0 },
        { type: 'response.output_item.done', output_index: 0, item: said('H'), sequence_number: 1 },
        { type: 'response.output_item.done', output_index: 1, item: said('i'), sequence_number: 1 },
        { ...end({}), sequence_number: 2 },
      ],
      ['Hi', 'stop', 'complete'],
    ],
    [
      'of numbers with gaps, and an event twice',
      [
        { ...created, sequence_number: 0 },
        { ...hi, delta: 'H', sequence_number: 4 },
        { ...hi, delta: 'H', sequence_number: 4 },
        { ...hi, delta: 'i', sequence_number: 9 },
        { ...end({}), sequence_number: 12 },
      ],
      ['Hi', 'stop', 'complete'],
    ],
    ...(['response.output_text.done', 'response.output_item.done'] as const).map(
      (type) =>
        [
          `with its deltas after the complete text, event ${type}`,
          [
            { type, output_index: 1, text: 'Hello', item: said('Hello') },
            { ...hi, output_index: 1, delta: 'Hel' },
            { ...hi, output_index: 1, delta: 'lo' },
            end({}),
          ],
          ['Hello', 'stop', 'complete'],
        ] as const,
    ),
    [
      'with a complete text, and the deltas of another that begins alike',
      [
        { type: 'response.output_item.done', output_index: 0, item: said('Hi.') },
        { ...hi, output_index: 1 },
        { ...hi, output_index: 1, delta: '!' },
        end({}),
      ],
      ['Hi.Hi!', 'stop', 'complete'],
    ],
    ['without an end', [created, hi], ['Hi', null, cut]],
    [
      'with an end in the last event',
      [created, hi, 'data: {"type":"response.comp'],
      [
        'Hi',
        null,
        'TruncatedError: the stream ended in the middle of an event: retry, or read the log of the server or proxy',
      ],
    ],
    [
      'failed',
      [hi, end({ error: { message: 'boom', code: 'server_error' } }, 'failed')],
      ['Hi', null, 'ServerError: boom'],
    ],
    [
      'failed without a reason',
      [hi, end({ error: null }, 'failed')],
      ['Hi', null, 'ServerError: the response failed without a reason: send the request again'],
    ],
    [
      'failed, with the reason beside the response',
      [hi, { ...end({ error: null }, 'failed'), error: { message: 'boom' } }],
      ['Hi', null, 'ServerError: boom'],
    ],
    [
      'failed as complete',
      [hi, end({ status: 'failed', error: { message: 'boom' } })],
      ['Hi', null, 'ServerError: boom'],
    ],
    [
      'with an event of type error',
      [hi, { type: 'error', message: 'boom', code: 'x', param: null }],
      ['Hi', null, 'ServerError: boom'],
    ],
    [
      'with an event of type response.error',
      [hi, { type: 'response.error', error: { message: 'boom' } }],
      ['Hi', null, 'ServerError: boom'],
    ],
    [
      'with a failure of a tool that the server runs',
      [hi, { type: 'response.mcp_call.failed', error: { message: 'boom' } }, end({})],
      ['Hi', 'stop', 'complete'],
    ],
    [
      'with an event named error',
      [hi, 'event: error\ndata: {"message":"boom"}\n\n'],
      ['Hi', null, 'ServerError: boom'],
    ],
    [
      'with a field named error',
      [hi, 'error: {"error":{"message":"boom"}}\n\n'],
      ['Hi', null, 'ServerError: boom'],
    ],
    ['with a field named error of text', [hi, 'error: boom\n\n'], ['Hi', null, 'ServerError: boom']],
    [
      'with events of later versions',
      [{ type: 'response.steer' }, { type: 'keepalive' }, hi, end({})],
      ['Hi', 'stop', 'complete'],
    ],
    ['with comments', [': ping\n\n', hi, ': ping\n\n', end({})], ['Hi', 'stop', 'complete']],
    [
      'of several lines of data',
      ['data: {"type":"response.output_text.delta",\ndata: "delta":"Hi"}\n\n', end({})],
      ['Hi', 'stop', 'complete'],
    ],
    [
      'of deltas that are not text',
      [{ ...hi, delta: {} }, { ...hi, delta: null }, hi, end({})],
      ['Hi', 'stop', 'complete'],
    ],
    [
      'of items that are not objects',
      [{ type: 'response.output_item.done', item: 'x' }, hi, end({ output: [null, 'x', 7] })],
      ['Hi', 'stop', 'complete'],
    ],
  ])('%s', (_, events, expected) => {
    expect(streamed(events)).toEqual(expected);
  });
});

describe('a completion of responses', () => {
  it.each<readonly [string, unknown, unknown]>([
    ['of a text', { status: 'completed', output: [said('Hi')] }, ['Hi', 'stop']],
    ['of two texts', { status: 'completed', output: [said('H'), said('i')] }, ['Hi', 'stop']],
    ['of text that is not in parts', { output: [{ type: 'message', content: 'Hi' }] }, ['Hi', 'stop']],
    ['without output', { status: 'completed', output: [] }, [null, 'stop']],
    [
      'of a length',
      { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' }, output: [said('Hi')] },
      ['Hi', 'length'],
    ],
    ['in the background', { status: 'in_progress', output: [] }, [null, 'in_progress']],
    [
      'of a call',
      { output: [{ type: 'function_call', call_id: 'c', name: 'f', arguments: {} }] },
      [null, 'tool_calls'],
    ],
    ['that failed', { status: 'failed', error: { message: 'boom' }, output: [] }, 'ServerError'],
    ['that is an error', { error: { message: 'boom' } }, 'ServerError'],
    ['of neither', { hello: 1 }, 'ProtocolError'],
    ['that is a list', [], 'ProtocolError'],
  ])('%s', (_, json, expected) => {
    const transport = transportOf(JSON.stringify(json), 'application/json');
    const { values, error } = outcomeOf(completion$({ transport }, request));
    const [choice] = values[0]?.choices ?? [];
    expect(isChatError(error) ? error._tag : [choice?.message?.content, choice?.finish_reason]).toEqual(
      expected,
    );
  });
});
