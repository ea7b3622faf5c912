import * as fc from 'fast-check';
import * as t from 'io-ts';
import { firstValueFrom, from, lastValueFrom, NEVER, of, toArray } from 'rxjs';

import { chatCompletion$ } from '../../lib/call/chatCompletion';
import { completion$ } from '../../lib/call/completion';
import type { ChatConfig } from '../../lib/call/config';
import type { ChatCompletionChunk } from '../../lib/codec/ChatCompletionChunk';
import { openaiResponses } from '../../lib/dialects/responses/openaiResponses';
import { responses } from '../../lib/dialects/responses/responses';
import { ServerError, TruncatedError } from '../../lib/errors';
import { addChunk, emptyCompletion } from '../../lib/fold/completion';
import { orFail } from '../../lib/operators/either/orFail';
import type { ChatRequest } from '../../lib/request/ChatRequest';
import { runTools$ } from '../../lib/tools/runTools';
import { tool } from '../../lib/tools/tool';
import type { ResponseHead, Transport, TransportRequest } from '../../lib/transport/transport';
import { describeLive, startLlamaServer, type LlamaServer } from '../helpers/llamaServer';
import { bytesOf, cutAt, outcomeOf } from '../helpers/reads';

const request: ChatRequest = { model: 'gpt-5.4', messages: [{ role: 'user', content: 'Hi' }] };
const stream: ResponseHead = { status: 200, headers: { 'content-type': 'text/event-stream; charset=utf-8' } };
const json: ResponseHead = { status: 200, headers: { 'content-type': 'application/json' } };

interface Sent {
  readonly type: string;
  readonly [field: string]: unknown;
}
const event = (fields: Sent): string => `event: ${fields.type}\ndata: ${JSON.stringify(fields)}\n\n`;
const usage = {
  input_tokens: 9,
  input_tokens_details: { cached_tokens: 4 },
  output_tokens: 5,
  output_tokens_details: { reasoning_tokens: 3 },
  total_tokens: 14,
  cost: 0.1, // OpenRouter
};
const response = { id: 'resp_1', created_at: 1_787_338_102, model: 'gpt-5.4', status: 'completed', usage };
const created = event({
  type: 'response.created',
  response: { ...response, status: 'in_progress', usage: null },
});
const completed = event({ type: 'response.completed', response });
const text = (delta: string): string => event({ type: 'response.output_text.delta', delta, output_index: 1 });

const answers = (...events: readonly string[]): Transport =>
  responses(() => of(stream, bytesOf(events.join(''))));
const chunksOf = (transport: Transport): Promise<ChatCompletionChunk[]> =>
  lastValueFrom(chatCompletion$({ transport }, request).pipe(orFail(), toArray()));
const foldOf = async (transport: Transport): Promise<typeof emptyCompletion> =>
  (await chunksOf(transport)).reduce((all, chunk) => addChunk(all, chunk), emptyCompletion);

function sentFor(chat: ChatRequest): { readonly url: string; readonly body: Record<string, unknown> } {
  let sent: TransportRequest | undefined;
  const transport = responses((each) => {
    sent = each;
    return NEVER;
  });
  chatCompletion$({ transport, baseURL: 'https://api.openai.com/v1' }, chat).subscribe().unsubscribe();
  return { url: sent?.url ?? '', body: JSON.parse(sent?.body ?? '{}') as Record<string, unknown> };
}

describe('the request of responses', () => {
  it('goes to /responses with the fields under its names', () => {
    const schema = { type: 'object' } as const;
    const { url, body } = sentFor({
      ...request,
      max_completion_tokens: 60,
      reasoning_effort: 'high',
      verbosity: 'low',
      logprobs: true,
      stop: '\n',
      response_format: { type: 'json_schema', json_schema: { name: 'x', schema, strict: true } },
      tools: [
        { type: 'function', function: { name: 'f', parameters: schema, strict: true } },
        {
          type: 'custom',
          custom: { name: 'c', format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'a' } } },
        },
      ],
      tool_choice: { type: 'function', function: { name: 'f' } },
      extra: { reasoning: { summary: 'auto' }, truncation: 'auto' },
    });
    expect(url).toBe('https://api.openai.com/v1/responses');
    expect(body).toEqual({
      model: 'gpt-5.4',
      stream: true,
      store: false,
      include: ['reasoning.encrypted_content', 'message.output_text.logprobs'],
      input: [{ type: 'message', role: 'user', content: 'Hi' }],
      max_output_tokens: 60,
      reasoning: { effort: 'high', summary: 'auto' },
      text: { format: { type: 'json_schema', name: 'x', schema, strict: true }, verbosity: 'low' },
      tools: [
        { type: 'function', name: 'f', parameters: schema, strict: true },
        { type: 'custom', name: 'c', format: { type: 'grammar', syntax: 'lark', definition: 'a' } },
      ],
      tool_choice: { type: 'function', name: 'f' },
      // Not dropped: the server rejects it by name.
      stop: '\n',
      truncation: 'auto',
    });
  });

  it.each([
    ['https://api.openai.com/v1/', 'https://api.openai.com/v1/responses'],
    ['https://example.com/openai?key=x', 'https://example.com/openai/responses?key=x'],
    ['https://example.com/v1?to=/chat/completions', 'https://example.com/v1/responses?to=/chat/completions'],
  ])('goes beside the chat completions of %s', (baseURL, expected) => {
    let url = '';
    const transport = responses((each) => {
      url = each.url;
      return NEVER;
    });
    chatCompletion$({ transport, baseURL }, request).subscribe().unsubscribe();
    expect(url).toBe(expected);
  });

  it('keeps a call and a result in the deprecated form', () => {
    const { body } = sentFor({
      model: 'gpt-5.4',
      messages: [
        { role: 'assistant', function_call: { name: 'f', arguments: '{}' } },
        { role: 'function', name: 'f', content: '7' },
      ],
    });
    expect(body.input).toEqual([
      { type: 'function_call', call_id: 'f', name: 'f', arguments: '{}' },
      { type: 'function_call_output', call_id: 'f', output: '7' },
    ]);
  });

  it('has a choice of several tools, and tools of the server', () => {
    const f = { type: 'function', function: { name: 'f' } } as const;
    const { body } = sentFor({
      ...request,
      store: true,
      tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [f] } },
      extra: { tools: [{ type: 'web_search' }] },
    });
    expect(body).toMatchObject({
      store: true,
      tools: [{ type: 'web_search' }],
      tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'f' }] },
    });
  });

  it('has tools, a choice and a format that have the names of /responses already', () => {
    const schema = { type: 'object' };
    const fields = {
      tools: [
        { type: 'function', name: 'f', parameters: schema, strict: true },
        { type: 'mcp', server_label: 'm' },
      ],
      tool_choice: { type: 'mcp', server_label: 'm' },
      response_format: { type: 'json_schema', name: 'x', schema },
    };
    const { body } = sentFor({ ...request, extra: fields });
    const { response_format, ...others } = fields;
    expect(body).toMatchObject({ ...others, text: { format: response_format } });
    const one = { type: 'function', name: 'f' };
    const choice = { type: 'allowed_tools', mode: 'auto', tools: [one] };
    expect(sentFor({ ...request, extra: { tool_choice: choice } }).body.tool_choice).toEqual(choice);
    expect(sentFor({ ...request, extra: { tool_choice: one } }).body.tool_choice).toEqual(one);
  });

  it('has the name of a message, which the server rejects, unless the profile removes it', () => {
    const messages = [{ role: 'user', content: 'Hi', name: 'ann' }] as const;
    expect(sentFor({ ...request, messages }).body.input).toEqual([{ type: 'message', ...messages[0] }]);
  });

  it('has functions that are as strict as in chat completions', () => {
    const { body } = sentFor({ ...request, tools: [{ type: 'function', function: { name: 'f' } }] });
    const parameters = { type: 'object', properties: {} };
    expect(body.tools).toEqual([{ type: 'function', name: 'f', parameters, strict: false }]);
  });

  it.each<readonly [string, Partial<ChatRequest>, unknown]>([
    ['not set', {}, []],
    ['null', { reasoning_effort: null }, []],
    ['none', { reasoning_effort: 'none' }, ['reasoning.encrypted_content']],
    ['high', { reasoning_effort: 'high' }, ['reasoning.encrypted_content']],
    ['a summary', { extra: { reasoning: { summary: 'auto' } } }, ['reasoning.encrypted_content']],
    ['not set, beside logprobs', { logprobs: true }, ['message.output_text.logprobs']],
  ])('requests encrypted reasoning only of a model that reasons: effort %s', (_, fields, include) => {
    expect(sentFor({ ...request, ...fields }).body.include).toEqual(include);
  });

  it('has no data beside the answer, if the request sets a list of it', () => {
    expect(sentFor({ ...request, extra: { include: [] } }).body.include).toEqual([]);
  });

  it('has messages of every kind', () => {
    const { body } = sentFor({
      ...request,
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'developer', content: [{ type: 'text', text: 'Be kind.' }] },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'See' },
            { type: 'image_url', image_url: { url: 'https://example.com/a.png', detail: 'low' } },
            { type: 'file', file: { file_data: 'data:,x', filename: 'x.txt' } },
            { type: 'input_audio', input_audio: { data: 'd2F2', format: 'wav' } },
          ],
        },
        {
          role: 'assistant',
          content: 'So',
          tool_calls: [
            { id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } },
            { id: 'c2', type: 'custom', custom: { name: 'c', input: 'x' } },
          ],
        },
        { role: 'tool', tool_call_id: 'c1', content: '7' },
        { role: 'tool', tool_call_id: 'c2', content: [{ type: 'text', text: '8' }] },
        { role: 'assistant', refusal: 'No.' },
      ],
    });
    expect(body.input).toEqual([
      { type: 'message', role: 'system', content: 'Be brief.' },
      { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'Be kind.' }] },
      {
        type: 'message',
        role: 'user',
        content: [
          { type: 'input_text', text: 'See' },
          { type: 'input_image', image_url: 'https://example.com/a.png', detail: 'low' },
          { type: 'input_file', file_data: 'data:,x', filename: 'x.txt' },
          { type: 'input_audio', input_audio: { data: 'd2F2', format: 'wav' } },
        ],
      },
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'So' }] },
      { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{}' },
      { type: 'custom_tool_call', call_id: 'c2', name: 'c', input: 'x' },
      { type: 'function_call_output', call_id: 'c1', output: '7' },
      { type: 'custom_tool_call_output', call_id: 'c2', output: [{ type: 'input_text', text: '8' }] },
      { type: 'message', role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }] },
    ]);
  });
});

describe('the chunks of responses', () => {
  it('fold to text, refusal, reasoning, usage and the finish reason', async () => {
    const summary = (delta: string): string =>
      event({ type: 'response.reasoning_summary_text.delta', delta });
    const part = (summary_index: number): string =>
      event({ type: 'response.reasoning_summary_part.added', summary_index });
    const completion = await foldOf(
      answers(
        created,
        part(0) + summary('One.') + part(1) + summary('Two.'),
        text('Hel') + text('lo'),
        event({ type: 'response.refusal.delta', delta: 'No' }),
        event({ type: 'response.content_part.done' }),
        completed,
      ),
    );
    expect(completion).toMatchObject({
      id: 'resp_1',
      created: 1_787_338_102,
      model: 'gpt-5.4',
      choices: [
        {
          message: { role: 'assistant', content: 'Hello', refusal: 'No', reasoning: 'One.\n\nTwo.' },
          finish_reason: 'stop',
        },
      ],
      usage: {
        prompt_tokens: 9,
        completion_tokens: 5,
        total_tokens: 14,
        cost: 0.1,
        prompt_tokens_details: { cached_tokens: 4 },
        completion_tokens_details: { reasoning_tokens: 3 },
      },
    });
  });

  const call = { type: 'function_call', id: 'fc_1', call_id: 'c1', name: 'f' };
  const other = { type: 'custom_tool_call', id: 'fc_2', call_id: 'c2', name: 'g' };
  const added = (item: object, output_index?: number): string =>
    event({ type: 'response.output_item.added', item: { ...item, arguments: '' }, output_index });
  const wrote = (delta: string, item_id: string, output_index?: number): string =>
    event({ type: 'response.function_call_arguments.delta', delta, item_id, output_index });
  const done = (item: object, output_index?: number): string =>
    event({ type: 'response.output_item.done', item, output_index });
  const whole = { ...call, arguments: '{"a":1}' };
  const output = (...items: readonly object[]): string =>
    event({ type: 'response.completed', response: { ...response, output: items } });

  it.each([
    ['by the id of the item', [added(call), wrote('{"a"', 'fc_1'), wrote(':1}', 'fc_1'), done(whole)]],
    [
      'by its place, with ids that change',
      [added(call, 3), wrote('{"a":1}', 'x', 3), done({ ...whole, id: 'y' }, 3)],
    ],
    ['complete at its end', [added(call), done(whole)]],
    ['at its end only', [done(whole)]],
    [
      'with its name and id at its end only',
      [added({ ...call, call_id: '', name: '' }, 0), wrote('{"a":1}', 'fc_1', 0), done(whole, 0)],
    ],
    [
      'with its id at its end and in the complete response only',
      [added({ ...call, call_id: null }, 0), wrote('{"a":1}', 'fc_1', 0), output(whole)],
    ],
    [
      'at its end, and its deltas after that',
      [done(whole, 0), wrote('{"a"', 'fc_1', 0), wrote(':1}', 'fc_1', 0)],
    ],
    [
      'with its complete arguments, and their deltas after that',
      [
        added(call, 0),
        event({ type: 'response.function_call_arguments.done', arguments: '{"a":1}', output_index: 0 }),
        wrote('{"a"', 'fc_1', 0),
        wrote(':1}', 'fc_1', 0),
      ],
    ],
  ])('have a call %s', async (_, events) => {
    const { choices } = await foldOf(answers(created, ...events, completed));
    expect(choices[0]).toMatchObject({
      message: {
        tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } }],
      },
      finish_reason: 'tool_calls',
    });
    expect(choices[0]?.message?.tool_calls).toHaveLength(1);
  });

  it('have several calls, one of a custom tool', async () => {
    const input = event({ type: 'response.custom_tool_call_input.delta', delta: 'x', item_id: 'fc_2' });
    const { choices } = await foldOf(
      answers(created, added(call), added(other), input, wrote('{}', 'fc_1'), completed),
    );
    expect(choices[0]?.message?.tool_calls).toMatchObject([
      { id: 'c1', function: { arguments: '{}' } },
      { id: 'c2', custom: { name: 'g', input: 'x' } },
    ]);
  });

  it('have the input of a custom tool that is sent without its deltas, once', async () => {
    const input = event({ type: 'response.custom_tool_call_input.done', input: 'x', item_id: 'fc_2' });
    const { choices } = await foldOf(answers(created, added(other), input, input, completed));
    expect(choices[0]?.message?.tool_calls).toMatchObject([{ id: 'c2', custom: { name: 'g', input: 'x' } }]);
  });

  const said = { type: 'message', id: 'm', content: [{ type: 'output_text', text: 'Hi' }] };
  const second = { ...whole, id: 'fc_2', call_id: 'c2' };

  it('have no call for a message that begins', async () => {
    const { choices } = await foldOf(answers(created, added(said, 1), text('Hi'), done(said, 1), completed));
    expect(choices[0]).toMatchObject({ message: { content: 'Hi' }, finish_reason: 'stop' });
    expect(choices[0]?.message).not.toHaveProperty('tool_calls');
  });

  it.each<readonly [string, readonly string[], readonly string[]]>([
    ['that only the complete response has, after text', [text('Hi'), output(said, whole)], ['c1']],
    [
      'that only the complete response has, after a call',
      [added(call, 0), output(whole, second)],
      ['c1', 'c2'],
    ],
    ['once, of events without places', [added(call), done(whole), output(said, whole)], ['c1']],
    ['once, if its place is another one', [added(call, 5), done(whole, 5), output(said, whole)], ['c1']],
    ['with arguments that only the complete response has', [added(call, 0), output(whole)], ['c1']],
    [
      'of several at one place',
      [added(call, 0), done(whole, 0), added(second, 0), done(second, 0), output(whole, second)],
      ['c1', 'c2'],
    ],
  ])('have a call %s', async (_, events, ids) => {
    const { choices } = await foldOf(answers(created, ...events));
    const calls = choices[0]?.message?.tool_calls ?? [];
    expect(calls.map(({ id }) => id)).toEqual(ids);
    for (const each of calls) expect(each).toMatchObject({ function: { name: 'f', arguments: '{"a":1}' } });
    expect(choices[0]?.finish_reason).toBe('tool_calls');
  });

  it.each([
    ['a text', text('Hi'), said],
    ['a call', done(whole, 1), whole],
  ])('have encrypted reasoning that only the complete response has, before %s', async (_, sent, item) => {
    const thought = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAA' };
    const later = { ...thought, id: 'rs_2', encrypted_content: 'gBBB' };
    const { choices } = await foldOf(answers(created, done(thought, 0), sent, output(thought, item, later)));
    expect(choices[0]?.message).toMatchObject({
      reasoning_details: [
        { data: 'gAAA', after: [0, 0], index: 0 },
        { data: 'gBBB', after: [0, 0], index: 1 },
      ],
    });
    expect(choices[0]?.message?.reasoning_details).toHaveLength(2);
  });

  it('have each block of encrypted reasoning once', async () => {
    const summary = [{ type: 'summary_text', text: 'Hm' }];
    const thought = { type: 'reasoning', id: 'rs_1', summary, encrypted_content: 'gAAA' };
    const later = { ...thought, id: 'rs_2', encrypted_content: 'gBBB' };
    const changed = [thought, later].map((each) => ({ ...each, id: 'x', encrypted_content: each.id }));
    const blocksOf = async (...events: readonly string[]): Promise<unknown> => {
      const { choices } = await foldOf(answers(created, ...events));
      const { reasoning, reasoning_details: blocks } = choices[0]?.message ?? {};
      return [reasoning, ...(blocks as ReadonlyArray<{ readonly data: string }>).map(({ data }) => data)];
    };
    const twice = done(thought) + done(thought) + done(later);
    expect(await blocksOf(twice, output(thought, later))).toEqual(['Hm\n\nHm', 'gAAA', 'gBBB']);
    // An event that was lost.
    const renamed = { ...later, id: 'x' };
    expect(await blocksOf(done(later), output(thought, renamed))).toEqual(['Hm', 'gBBB', 'gAAA']);
    const both = done(thought) + done(later);
    expect(await blocksOf(both, output(...changed, said))).toEqual(['Hm\n\nHm', 'gAAA', 'gBBB']);
  });

  it('have the text of items that arrive without deltas', async () => {
    const content = [{ type: 'output_text', text: 'Hello' }];
    const summary = [{ type: 'summary_text', text: 'Hm' }];
    const refusal = [{ type: 'refusal', refusal: 'No' }];
    const { choices } = await foldOf(
      answers(
        created,
        done({ type: 'reasoning', id: 'rs_1', summary, content: [], encrypted_content: 'gAAA' }),
        done({ type: 'message', content }),
        done({ type: 'message', content: refusal }),
        completed,
      ),
    );
    expect(choices[0]?.message).toMatchObject({ reasoning: 'Hm', content: 'Hello', refusal: 'No' });
    expect(choices[0]?.message?.reasoning_details).toHaveLength(1);
  });

  it('have that of items with deltas once', async () => {
    const content = [{ type: 'output_text', text: 'Hello' }];
    const { choices } = await foldOf(
      answers(created, text('Hel') + text('lo'), done({ type: 'message', content }), completed),
    );
    expect(choices[0]?.message?.content).toBe('Hello');
  });

  const hello = { type: 'message', id: 'm_1', content: [{ type: 'output_text', text: 'Hello' }] };
  const textDoneAt = (output_index: number): string =>
    event({ type: 'response.output_text.done', text: 'Hello', output_index });
  const textDone = textDoneAt(1);
  it.each<readonly [string, readonly string[], string]>([
    ['whose delta arrives after it', [textDone, text('Hello')], 'Hello'],
    ['whose delta and item arrive after it', [textDone, text('Hello'), done(hello, 1)], 'Hello'],
    ['that a delta continues', [textDone, text(' you')], 'Hello you'],
    ['that two deltas repeat', [textDone, text('Hello'), text('Hello')], 'HelloHello'],
    ['whose item is repeated', [textDone, done(hello, 1), done(hello, 1)], 'Hello'],
    ['whose item is repeated by its id', [done(hello), done(hello)], 'Hello'],
    ['whose item has the same text as another', [done(hello, 1), done(hello, 2)], 'HelloHello'],
    ['whose deltas had another id', [text('Hello'), textDoneAt(2)], 'Hello'],
    ['that follows the deltas of another', [text('Hi'), textDoneAt(2)], 'HiHello'],
    ['that only the complete response has', [text('Hi'), output(said, hello)], 'HiHello'],
    ['whose rest only the complete response has', [text('Hel'), output(hello)], 'Hello'],
    ['of an item that the complete response repeats', [text('Hello'), output(hello)], 'Hello'],
  ])('have a complete text %s', async (_, events, content) => {
    const { choices } = await foldOf(answers(created, ...events, completed));
    expect(choices[0]?.message?.content).toBe(content);
  });

  const source = { url: 'https://a.example', title: 'A', start_index: 0, end_index: 2 };
  const cited = { type: 'url_citation', ...source };

  const numbered = (...numbers: readonly number[]): readonly string[] =>
    numbers.map((sequence_number) =>
      event({
        type: 'response.output_text.delta',
        delta: String(sequence_number),
        output_index: 1,
        sequence_number,
      }),
    );
  it.each<readonly [string, readonly string[], string]>([
    ['that is repeated', numbered(0, 1, 1, 2, 2, 2, 3), '0123'],
    ['of numbers that begin at 1', numbered(1, 2, 2), '12'],
    ['of one number for all events', numbered(0, 0, 0), '000'],
    ['of a placeholder as its number', numbered(-1, -1), '-1-1'],
    ['of numbers that begin again with each item', numbered(0, 1, 0, 1), '0101'],
  ])('have an event %s once, and no other text is lost', async (_, events, content) => {
    const { choices } = await foldOf(answers(created, ...events, completed));
    expect(choices[0]?.message?.content).toBe(content);
  });

  it.each([
    ['both of two equal messages without a place', undefined, 'HiHi'],
    ['one of two equal messages of one place', 1, 'Hi'],
  ])('have %s', async (_, place, content) => {
    const hi = done({ type: 'message', content: [{ type: 'output_text', text: 'Hi' }] }, place);
    const { choices } = await foldOf(answers(created, hi, hi, completed));
    expect(choices[0]?.message?.content).toBe(content);
  });

  it('begin with the model and the role', async () => {
    const [first] = await chunksOf(answers(created, text('Hi'), completed));
    expect(first).toMatchObject({
      id: 'resp_1',
      model: 'gpt-5.4',
      choices: [{ index: 0, delta: { role: 'assistant', content: '' } }],
    });
  });

  it('have the citations of the text, as a completion has them', async () => {
    const expected = [{ type: 'url_citation', url_citation: source }];
    const added = event({ type: 'response.output_text.annotation.added', annotation: cited });
    const { choices } = await foldOf(answers(created, text('Hi'), added, completed));
    expect(choices[0]?.message?.annotations).toEqual(expected);
    const content = [{ type: 'output_text', text: 'Hi', annotations: [cited] }];
    const chunks = await chunksOf(
      answers(created, text('Hi'), added, done({ type: 'message', content }), completed),
    );
    expect(chunks.filter((chunk) => chunk.choices?.[0]?.delta?.annotations)).toHaveLength(1);
    const body = JSON.stringify({ ...response, output: [{ type: 'message', content }] });
    const transport = responses(() => of(json, bytesOf(body)));
    const whole = await firstValueFrom(completion$({ transport }, request));
    expect(whole.choices[0]?.message?.annotations).toEqual(expected);
  });

  it.each([
    { events: [true, false], items: [true, true], complete: true },
    { events: [false, false], items: [false, false], complete: true },
    { events: [true, false], items: [false, false], complete: true },
    { events: [false, false], items: [true, false], complete: true },
    { events: [true, true], items: [false, false], complete: false },
    { events: [true, false], items: [false, true], complete: true },
  ])(
    'have the citations of each message once, whatever has them first: $events, $items, $complete',
    async ({ events, items, complete }) => {
      const said = ['Hi', ' you'];
      const cites = [[cited], ['B', 'C'].map((title) => ({ ...cited, title }))];
      const message = (at: number, hasCites = false): object => ({
        type: 'message',
        content: [{ type: 'output_text', text: said[at], annotations: hasCites ? cites[at] : [] }],
      });
      const added = (annotation: object): string =>
        event({ type: 'response.output_text.annotation.added', annotation });
      const output = said.map((_, at) => message(at, complete));
      const chunks = await chunksOf(
        answers(
          created,
          ...said.flatMap((words, at) => [
            text(words),
            ...(events[at] ? (cites[at] ?? []).map(added) : []),
            done(message(at, items[at])),
          ]),
          event({ type: 'response.completed', response: { ...response, output } }),
        ),
      );
      expect(chunks.flatMap((chunk) => chunk.choices?.[0]?.delta?.annotations ?? [])).toEqual([
        { type: 'url_citation', url_citation: source },
        { type: 'url_citation', url_citation: { ...source, title: 'B' } },
        { type: 'url_citation', url_citation: { ...source, title: 'C' } },
      ]);
    },
  );

  it('have no logprobs where there are none', async () => {
    const chunks = await chunksOf(answers(created, text('Hi'), completed));
    expect(JSON.stringify(chunks)).not.toContain('logprobs');
  });

  it('have the reasoning itself as its summary', async () => {
    const hm = event({ type: 'response.reasoning_text.delta', delta: 'Hm' });
    const { choices } = await foldOf(answers(created, hm, completed));
    expect(choices[0]?.message?.reasoning).toBe('Hm');
  });

  it.each([
    ['a refusal', { type: 'response.refusal.done', refusal: 'No.' }, { refusal: 'No.' }],
    ['reasoning', { type: 'response.reasoning_text.done', text: 'Hm' }, { reasoning: 'Hm' }],
    ['reasoning of Open Responses', { type: 'response.reasoning.done', text: 'Hm' }, { reasoning: 'Hm' }],
    ['a summary of it', { type: 'response.reasoning_summary_text.done', text: 'Hm' }, { reasoning: 'Hm' }],
  ])('have %s that is sent without its deltas, once', async (_, whole, message) => {
    const { choices } = await foldOf(answers(created, event(whole), event(whole), completed));
    expect(choices[0]?.message).toMatchObject(message);
  });

  it('have the logprobs of the text once, of its events or of the complete response', async () => {
    const logprobs = [{ token: 'Hi', logprob: -0.5 }];
    const hi = event({ type: 'response.output_text.delta', delta: 'Hi', logprobs, output_index: 1 });
    const end = output({ type: 'message', content: [{ type: 'output_text', text: 'Hi', logprobs }] });
    const part = event({ type: 'response.output_text.done', text: 'Hi', logprobs, output_index: 1 });
    for (const events of [[hi, completed], [end], [hi, end], [hi, part, end], [text('Hi'), part, end]]) {
      const { choices } = await foldOf(answers(created, ...events));
      expect(choices[0]).toMatchObject({ message: { content: 'Hi' }, logprobs: { content: logprobs } });
    }
  });

  it('have the items of reasoning as paragraphs of one text', async () => {
    const summary = (delta: string): string =>
      event({ type: 'response.reasoning_summary_text.delta', delta });
    const thought = (said: string): string =>
      done({ type: 'reasoning', summary: [{ type: 'summary_text', text: said }] });
    const { choices } = await foldOf(
      answers(
        created,
        summary('One'),
        thought('One'),
        summary('Two'),
        thought('Two'),
        thought('Three'),
        completed,
      ),
    );
    expect(choices[0]?.message?.reasoning).toBe('One\n\nTwo\n\nThree');
  });

  it.each([
    ['incomplete', 'incomplete'],
    ['in_progress', 'in_progress'],
    ['completed', 'stop'],
    [undefined, 'stop'],
  ])('of the status %s, without a reason, end with %s', async (status, expected) => {
    const end = event({ type: 'response.completed', response: { ...response, status } });
    expect((await foldOf(answers(created, text('Hi'), end))).choices[0]?.finish_reason).toBe(expected);
    const body = JSON.stringify({ ...response, status, output: [] });
    const transport = responses(() => of(json, bytesOf(body)));
    const { choices } = await firstValueFrom(completion$({ transport }, request));
    expect(choices[0]?.finish_reason).toBe(expected);
  });

  it.each([
    ['max_output_tokens', 'length'],
    ['content_filter', 'content_filter'],
  ])('that are incomplete by %s end with %s', async (reason, expected) => {
    const incomplete = { ...response, status: 'incomplete', incomplete_details: { reason } };
    const end = event({ type: 'response.incomplete', response: incomplete });
    expect((await foldOf(answers(created, text('Hi'), end))).choices[0]?.finish_reason).toBe(expected);
  });

  it('may be cut anywhere', () => {
    const body = bytesOf(
      [created, text('Grüße 🌊'), added(call), wrote('{"a":1}', 'fc_1'), done(whole), completed].join(''),
    );
    const played = (parts: readonly Uint8Array[]): unknown =>
      outcomeOf(chatCompletion$({ transport: responses(() => from([stream, ...parts])) }, request));
    expect(played([body])).toMatchObject({ end: 'complete' });
    fc.assert(
      fc.property(fc.array(fc.nat(body.length)), fc.nat(body.length), (places, length) => {
        expect(played(cutAt(body, places))).toEqual(played([body]));
        const early = body.slice(0, length);
        expect(played(cutAt(early, places))).toEqual(played([early]));
      }),
    );
  });
});

describe('a failure of responses', () => {
  const error = { code: 'server_error', message: 'The model failed' };

  it.each([
    [
      'response.failed',
      event({ type: 'response.failed', response: { ...response, status: 'failed', error } }),
    ],
    ['an error event', event({ ...error, type: 'error', param: null })],
    ['an error event with an object', event({ type: 'error', error })],
    ['an error of a gateway', `data: ${JSON.stringify({ error })}\n\n`],
    ['an error event without a type', `event: error\ndata: ${JSON.stringify(error)}\n\n`],
    ['an error without the name of an event', `data: ${JSON.stringify({ ...error, type: 'error' })}\n\n`],
  ])('by %s is a ServerError', (_, failure) => {
    const outcome = outcomeOf(chatCompletion$({ transport: answers(created, text('Hi'), failure) }, request));
    expect(outcome.values).toHaveLength(2);
    expect(outcome.error).toBeInstanceOf(ServerError);
    expect(outcome.error).toMatchObject({
      message: 'The model failed',
      code: 'server_error',
      retryable: true,
    });
  });

  it('by a server without the API names the address that was called', async () => {
    const transport = responses(() => of({ status: 404, headers: {} }, bytesOf('Not Found')));
    const baseURL = 'https://llm.example.com/v1';
    await expect(lastValueFrom(chatCompletion$({ baseURL, transport }, request))).rejects.toMatchObject({
      message: '404 Not Found (nothing is at https://llm.example.com/v1/responses: check baseURL)',
    });
  });

  it('by an event named error with text is a ServerError', () => {
    const outcome = outcomeOf(
      chatCompletion$({ transport: answers(created, 'event: error\ndata: overloaded\n\n') }, request),
    );
    expect(outcome.error).toMatchObject({ _tag: 'ServerError', message: 'overloaded' });
  });

  it.each(['completed', 'cancelled'])(
    'by a response that was cancelled, event %s, is a ServerError',
    (name) => {
      const end = event({ type: `response.${name}`, response: { ...response, status: 'cancelled' } });
      const { error: failure } = outcomeOf(chatCompletion$({ transport: answers(created, end) }, request));
      expect(failure).toMatchObject({ _tag: 'ServerError', code: 'cancelled' });
    },
  );

  it('by an error beside another status is a ServerError', () => {
    const end = event({ type: 'response.completed', response: { ...response, error } });
    const { error: failure } = outcomeOf(chatCompletion$({ transport: answers(created, end) }, request));
    expect(failure).toMatchObject({ _tag: 'ServerError', message: 'The model failed' });
  });

  it('by an early end is a TruncatedError', () => {
    const { error: failure } = outcomeOf(
      chatCompletion$({ transport: answers(created, text('Hi')) }, request),
    );
    expect(failure).toBeInstanceOf(TruncatedError);
  });
});

describe('a completion of responses', () => {
  it('has the fields of a chat completion', async () => {
    const output = [
      {
        type: 'reasoning',
        id: 'rs_1',
        summary: [{ type: 'summary_text', text: 'Hm' }],
        encrypted_content: 'gAAA',
      },
      { type: 'message', content: [{ type: 'output_text', text: 'Hi' }] },
      { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{}' },
    ];
    const body = JSON.stringify({ ...response, error: null, output });
    const transport = responses(() => of(json, bytesOf(body)));
    expect(await firstValueFrom(completion$({ transport }, request))).toMatchObject({
      id: 'resp_1',
      choices: [
        {
          message: {
            content: 'Hi',
            reasoning: 'Hm',
            reasoning_details: [{ type: 'reasoning.encrypted', data: 'gAAA', id: 'rs_1' }],
            tool_calls: [{ id: 'c1', function: { name: 'f', arguments: '{}' } }],
          },
          finish_reason: 'tool_calls',
        },
      ],
      usage: { total_tokens: 14 },
    });
  });

  it('has the logprobs, as a stream has them', async () => {
    const logprobs = [{ token: 'Hi', logprob: -0.5 }];
    const content = [{ type: 'output_text', text: 'Hi', logprobs }];
    const body = JSON.stringify({ ...response, output: [{ type: 'message', content }] });
    const transport = responses(() => of(json, bytesOf(body)));
    const { choices } = await firstValueFrom(completion$({ transport }, request));
    expect(choices[0]?.logprobs).toEqual({ content: logprobs });
    const delta = event({ type: 'response.output_text.delta', delta: 'Hi', logprobs });
    expect((await foldOf(answers(created, delta, completed))).choices[0]?.logprobs).toEqual({
      content: logprobs,
    });
  });

  it('that failed is a ServerError', async () => {
    const body = JSON.stringify({ ...response, status: 'failed', error: { message: 'no' }, output: [] });
    const transport = responses(() => of(json, bytesOf(body)));
    await expect(lastValueFrom(completion$({ transport }, request))).rejects.toBeInstanceOf(ServerError);
  });
});

describe('a tool loop over responses', () => {
  it.each([
    ['without a profile', {}],
    ['of OpenAI', openaiResponses],
  ] as ReadonlyArray<readonly [string, ChatConfig]>)(
    '%s returns the encrypted reasoning',
    async (_, config) => {
      const thought = {
        type: 'reasoning',
        id: 'rs_1',
        summary: [{ type: 'summary_text', text: 'Look at the clock.' }],
        encrypted_content: 'gAAAA',
        status: 'completed',
      };
      const call = { type: 'function_call', id: 'fc_1', call_id: 'c1', name: 'time', arguments: '{}' };
      const replies = [
        [
          created,
          event({ type: 'response.reasoning_summary_text.delta', delta: 'Look at the clock.' }),
          event({ type: 'response.output_item.done', item: thought, output_index: 0 }),
          event({ type: 'response.output_item.added', item: { ...call, arguments: '' }, output_index: 1 }),
          event({ type: 'response.function_call_arguments.delta', delta: '{}', output_index: 1 }),
          completed,
        ],
        [created, text('Noon.'), completed],
      ];
      const sent: Array<{ readonly input: unknown }> = [];
      const transport = responses(({ body }) => {
        sent.push(JSON.parse(body ?? '') as { readonly input: unknown });
        return of(stream, bytesOf((replies[sent.length - 1] ?? []).join('')));
      });
      const time = tool({ name: 'time', input: t.type({}), run: () => of('noon') });
      await lastValueFrom(
        runTools$((next) => chatCompletion$({ ...config, transport }, next), request, [time]),
      );
      expect(sent[1]?.input).toEqual([
        { type: 'message', role: 'user', content: 'Hi' },
        thought,
        { type: 'function_call', call_id: 'c1', name: 'time', arguments: '{}' },
        { type: 'function_call_output', call_id: 'c1', output: 'noon' },
      ]);
    },
  );
});

describeLive('responses and a real llama-server', () => {
  jest.setTimeout(120_000);
  let server: LlamaServer;
  beforeAll(async () => {
    server = await startLlamaServer();
  });
  afterAll(() => server.close());

  const asked: ChatRequest = {
    model: 'tiny-random-llama',
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Why is the sky blue?' },
      { role: 'assistant', content: 'It scatters.' },
      { role: 'user', content: [{ type: 'text', text: 'What?' }] },
    ],
    seed: 1,
    max_tokens: 300,
    extra: { cache_prompt: false },
  };
  const weather: ChatRequest = {
    ...asked,
    tools: [
      {
        type: 'function',
        function: {
          name: 'weather',
          parameters: {
            type: 'object',
            properties: { city: { type: 'string', maxLength: 12 } },
            required: ['city'],
          },
        },
      },
    ],
    tool_choice: 'required',
  };
  const thinking: ChatRequest = {
    ...asked,
    extra: { ...asked.extra, chat_template_kwargs: { enable_thinking: true } },
  };

  it.each([
    ['text', asked],
    ['a call', weather],
    ['reasoning', thinking],
  ])('are equal to chat completions for the same seed: %s', async (_, chat) => {
    const { baseURL } = server;
    const answerOf = async (config: ChatConfig): Promise<unknown> => {
      const chunks = await lastValueFrom(chatCompletion$(config, chat).pipe(orFail(), toArray()));
      const { choices, usage: tokens } = chunks.reduce((all, chunk) => addChunk(all, chunk), emptyCompletion);
      const [{ message, finish_reason } = {}] = choices;
      return {
        content: message?.content || null,
        reasoning: message?.reasoning ?? message?.reasoning_content ?? null,
        calls: message?.tool_calls?.map((call) => call.function),
        finish_reason,
        tokens: tokens?.total_tokens,
      };
    };
    expect(await answerOf({ baseURL, transport: responses() })).toEqual(await answerOf({ baseURL }));
  });

  it('hide that the token limit cut the answer off, which chat completions report', async () => {
    const { baseURL } = server;
    const short = { ...asked, max_tokens: 3 };
    const reason = async (config: ChatConfig): Promise<unknown> =>
      (await firstValueFrom(completion$(config, short))).choices[0]?.finish_reason;
    expect(await reason({ baseURL })).toBe('length');
    expect(await reason({ baseURL, transport: responses() })).toBe('stop');
  });
});
